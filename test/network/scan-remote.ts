import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { addon } from '../../lib/addon/addon';
import { PortSet } from '../../lib/ports/port-set';
import { portIsUsed } from '../../lib/scan/port-is-used';
import { scan } from '../../lib/scan/scan';
import { type HeldSocket, portsOf } from '../support/held-sockets';
import { insideNamespace, NO_FILTER } from '../support/inside-namespace';
import { python } from '../support/python';

const SUPPORT = join(__dirname, '..', 'support');

/** The far end of the link. */
const HOST = '10.77.0.2';

/** The rules of the far machine. */
const FAR_RULES = `table inet far { chain in { type filter hook input priority 0;
  tcp dport { 7001-7020, 8000-8999 } drop; tcp dport 7021 reject with tcp reset; tcp dport 7022 reject with icmpx port-unreachable;
  tcp dport 7023 reject with icmpx admin-prohibited; tcp dport 7024 reject with icmpx host-unreachable; }; }`;

function noLink(): string | false {
  if (!existsSync('/dev/net/tun')) return 'needs /dev/net/tun';
  try {
    return python('import socket; print("true" if hasattr(socket, "send_fds") else "false")', '') === true
      ? NO_FILTER
      : 'needs python3 from 3.9 on';
  } catch {
    return 'needs python3';
  }
}

/** A machine at {@link HOST} with `count` listeners, behind a link with a delay (ms) and losses (percent), each way. */
async function farMachine(t: Test, { count = 50, delay = 10, loss = 0 }): Promise<PortSet> {
  const program = ['sh', '-c', `nft '${FAR_RULES}' && exec python3 "$0"`, join(SUPPORT, 'hold-sockets.py')];
  const link = spawn('python3', [join(SUPPORT, 'slow-link.py'), `${delay}`, `${loss}`, ...program]);
  link.stderr.pipe(process.stderr);
  // The machine ends with its input, and the link with the machine.
  t.teardown(async () => {
    link.stdin.end();
    if (link.exitCode === null) await once(link, 'exit');
  });
  link.stdin.write(`${JSON.stringify(Array(count).fill(['listen', '0.0.0.0']))}\n`);
  const { value } = await createInterface({ input: link.stdout })[Symbol.asyncIterator]().next();
  return portsOf(JSON.parse(value) as HeldSocket[]);
}

insideNamespace(__filename, () => {
  const skip = noLink();

  t.test('a machine some way off is seen as it is', { skip }, async (t) => {
    const open = await farMachine(t, {});
    const closed = new PortSet('1000-2999');
    const ports = open.union(closed).union('7000-7024');
    const progress: number[] = [];
    const result = await scan(ports, {
      host: HOST,
      timeout: 500,
      onProgress: ({ done }) => progress.push(done),
    });
    t.equal(`${result.used}`, `${open}`);
    t.equal(`${result.free}`, `${closed.union('7000,7021-7022')}`);
    t.equal(`${result.filtered}`, '7001-7020,7023-7024');
    t.equal(result.denied.size, 0);
    t.strictSame(
      progress,
      progress.toSorted((a, b) => a - b),
    );
    t.equal(progress.at(-1), ports.size);

    t.equal(await portIsUsed(7000, HOST), false);
    t.equal(await portIsUsed([...open][0] ?? 0, HOST), true);
    for (const method of ['bind', 'both', 'table'] as const) {
      await t.rejects(scan(80, { host: HOST, method }), { code: 'ERR_PORT_HOST', host: HOST });
    }
  });

  t.test(
    'a scan begins with a few connections, and has more where they are answered',
    { skip },
    async (t) => {
      await farMachine(t, {});
      const start = (answering: PortSet) =>
        addon.scan({
          method: 'connect',
          ports: answering.union('8000-8999').bits,
          hosts: [HOST],
          transports: ['tcp'],
          timeout: 10_000,
          concurrency: 1000,
          reset: false,
          skipIfDown: false,
        });
      /** The most connections to silent ports that are under way at once, when there come no more. */
      const countAtOnce = async (scans: number, answering = new PortSet()): Promise<number> => {
        const jobs = Array.from({ length: scans }, () => start(answering));
        let most = 0;
        for (let unchanged = 0; unchanged < 10; unchanged++) {
          await sleep(50);
          const sockets = addon.tableSockets('tcp', 'all') ?? [];
          const asked = sockets.filter(
            ({ state, remotePort = 0 }) => state === 'syn-sent' && remotePort >= 8000,
          );
          if (asked.length > most || asked.length === 0) unchanged = 0;
          most = Math.max(most, asked.length);
        }
        for (const job of jobs) {
          job.cancel();
          await job.result;
        }
        return most;
      };
      t.equal(await countAtOnce(1), 64);
      t.equal(await countAtOnce(16), 16 * 64, 'sixteen scans go on side by side');
      t.ok((await countAtOnce(1, new PortSet('1000-1299'))) > 128);
    },
  );

  t.test('a link that loses packets changes no verdict', { skip }, async (t) => {
    // Of 550 ports some 11 are without an answer at first. One is given up in one of 10,000 runs: where it alone is left,
    // and is asked in vain twice more.
    const open = await farMachine(t, { loss: 1 });
    const closed = new PortSet('1000-1499');
    const { used, free, filtered } = await scan(open.union(closed).union('7001-7020'), {
      host: HOST,
      timeout: 300,
    });
    t.equal(`${used}`, `${open}`);
    t.equal(`${free}`, `${closed}`);
    t.equal(`${filtered}`, '7001-7020');
  });
});
