import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { PortSet } from '../../lib/ports/port-set';
import { scan, scanSync } from '../../lib/scan/scan';
import { run } from '../support/command';
import { distPath } from '../support/dist';
import { buildFailCalls } from '../support/fail-calls';
import { holdSockets, portsOf } from '../support/held-sockets';
import { filter, insideNamespace, NO_FILTER } from '../support/inside-namespace';
import { hear, startProcess } from '../support/program';
import { NO_PYTHON } from '../support/python';
import { torture } from '../support/torture';

/** A client at port 40000 that dials port 40001 and goes on dialling, since its first packets are dropped. */
const DIAL = `
import socket, sys
client = socket.socket()
client.bind(('127.0.0.1', 40000))
client.setblocking(False)
client.connect_ex(('127.0.0.1', 40001))
print('dialling', flush=True)
sys.stdin.read()`;

const SCAN_ONE = `
require(process.argv[1])
  .scan(40000, { method: 'connect', host: '127.0.0.1' })
  .then(({ free, used }) => console.log('free ' + free + ' used ' + used));`;

const [LOW, HIGH] = [40_000, 41_999];
const PORTS = `${LOW}-${HIGH}`;

/** Connects to every ephemeral port again and again, from its first word on. */
const CONNECT_MADLY = `
for (let round = 0; ; round++) {
  await portFor.scan('${PORTS}', { method: 'connect', host: '127.0.0.1' });
  if (round === 0) tell('connecting');
}`;

function setEphemeralRange(low: number, high: number): void {
  writeFileSync('/proc/sys/net/ipv4/ip_local_port_range', `${low} ${high}`);
}

/** A client at port 40000 that dials the one port that the next outgoing connection gets; the port is refused after. */
async function startDialler(t: Test): Promise<void> {
  // The first client has one of the two, so the scan has to take the port that the client dials.
  setEphemeralRange(40_000, 40_001);
  const client = spawn('python3', ['-c', DIAL], { stdio: ['pipe', 'pipe', 'inherit'] });
  // The next one takes the same port.
  t.teardown(async () => {
    client.stdin.end();
    if (client.exitCode === null) await once(client, 'exit');
  });
  await once(client.stdout, 'data');
}

insideNamespace(__filename, () => {
  const { skip: cannotFail, failCalls } = buildFailCalls(t);

  t.test(
    'two clients that dial each other at once are no listeners',
    { skip: NO_PYTHON || NO_FILTER },
    async (t) => {
      filter(
        'table ip dials { chain in { type filter hook input priority 0; tcp sport 40000 tcp flags & (syn | ack) == syn drop; }; }',
      );
      await startDialler(t);
      const { used, free } = await scan(40_000, { method: 'connect', host: '127.0.0.1' });
      t.equal(`${used}`, '');
      t.equal(`${free}`, '40000');
    },
  );

  t.test(
    'nor is one that is gone before it can be told whose it was',
    { skip: NO_PYTHON || NO_FILTER || cannotFail },
    async (t) => {
      await startDialler(t);
      const outcome = await run(process.execPath, ['-e', SCAN_ONE, distPath('index.js')], {
        ...failCalls('getpeername', 'ENOTCONN', 1, 1),
      });
      t.strictSame(outcome, { code: 0, stdout: 'free 40000 used \n', stderr: '' });
    },
  );

  t.test('a connection that meets itself is no listener, and leaves the port usable', async (t) => {
    // With so few ephemeral ports the kernel soon gives a connection the very port that it dials.
    setEphemeralRange(42_000, 42_003);
    for (const host of ['127.0.0.1', '::1']) {
      for (let round = 0; round < 20; round++) {
        const { used, free } = scanSync('42000-42003', { method: 'connect', host });
        t.strictSame([`${used}`, `${free}`], ['', '42000-42003'], host);
      }
      t.equal(`${scanSync('42000-42003', { method: 'bind' }).free}`, '42000-42003', 'no TIME_WAIT');
    }
  });

  t.test('none is found where all that is scanned is ephemeral', async (t) => {
    t.strictSame((await torture('phantoms', { scans: 20, low: 40_000, high: 42_047 })).faults, []);
  });

  t.test('clients that meet one another are no listeners', { skip: NO_PYTHON }, async (t) => {
    // The fewer ephemeral ports, the more often a client is given the very port that another dials.
    setEphemeralRange(LOW, HIGH);
    const listeners = portsOf(await holdSockets(t, Array(20).fill(['listen', '127.0.0.1'])));
    const others = [1, 2, 3].map(() => startProcess(CONNECT_MADLY));
    t.teardown(() => others.forEach((other) => void other.kill('SIGKILL')));
    await Promise.all(others.map((other) => hear(other)));

    for (let round = 1; round <= 10; round++) {
      const method = 'connect';
      const { used, free } = await scan(PORTS, { method, host: '127.0.0.1' });
      t.equal(`${used}`, `${listeners}`, `scan ${round}`);
      t.equal(free.size, HIGH - LOW + 1 - listeners.size);
    }
    const { used } = scanSync(new PortSet(PORTS).difference(listeners), {
      method: 'connect',
      host: '127.0.0.1',
    });
    t.equal(`${used}`, '');
  });
});
