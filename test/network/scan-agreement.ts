import { release } from 'node:os';
import t, { type Test } from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { usedPorts } from '../../lib/machine/used-ports';
import { PortSet } from '../../lib/ports/port-set';
import { portIsUsed, portIsUsedSync } from '../../lib/scan/port-is-used';
import { type ScanResult, scan, scanSync } from '../../lib/scan/scan';
import { type HeldSocket, holdSockets, portsInProc, portsOf, type SocketKind } from '../support/held-sockets';
import { insideNamespace } from '../support/inside-namespace';
import { NO_PYTHON } from '../support/python';

const EVERY_PORT = '1-65535';
const ADDRESSES = ['127.0.0.1', '::1', '0.0.0.0', '::'];
const TCP_KINDS = ['listen', 'bind', 'connect'] as const;
const UDP_KINDS = ['udp-bind', 'udp-connect'] as const;

/** Whether the socket table shows sockets that are bound and neither listen nor are connected. */
const [major = 0, minor = 0] = release().split('.').map(Number);
const SHOWS_BOUND = major > 6 || (major === 6 && minor >= 8); // Linux 6.8

function oneOf<T>(choices: readonly T[]): T {
  const [chosen] = choices.slice(Math.floor(Math.random() * choices.length)) as [T];
  return chosen;
}

/** Some of everything that stays, leases included. */
async function holdMix(t: Test): Promise<{ sockets: HeldSocket[]; leased: HeldSocket[] }> {
  const wanted = Array.from(
    { length: 250 },
    () => [oneOf<SocketKind>([...TCP_KINDS, ...UDP_KINDS]), oneOf(ADDRESSES)] as const,
  );
  const sockets = await holdSockets(t, [...wanted, ['listen-v6only', '::'], ['listen-v6only', '::']]);
  const leased = Array.from({ length: 50 }, (): HeldSocket => {
    const host = oneOf([undefined, ...ADDRESSES]);
    const transport = oneOf(['tcp', 'udp'] as const);
    const held = leaseSync({ host, transport });
    t.teardown(() => held.release());
    const kind = transport === 'tcp' ? 'bind' : 'udp-bind';
    return { transport, kind, address: host ?? '::', port: held.port };
  });
  return { sockets, leased };
}

/** Whether a plain bind at `host`, 127.0.0.1 or ::1, meets the socket. */
function isMetAt(host: string, { kind, address }: HeldSocket): boolean {
  if (address === host || address === '::') return kind !== 'listen-v6only' || host === '::1';
  return address === '0.0.0.0' && host === '127.0.0.1';
}

function hasOnly(t: Test, result: ScanResult, used: PortSet, what: string): void {
  t.equal(`${result.used}`, `${used}`, `${what}: used`);
  t.equal(result.free.size, 65535 - used.size, `${what}: the others are free`);
  t.equal(result.free.intersection(used).size + result.denied.size + result.filtered.size, 0, what);
}

insideNamespace(__filename, () => {
  t.test('a random mix of sockets', { skip: NO_PYTHON }, async (t) => {
    const { sockets, leased } = await holdMix(t);
    const all = [...sockets, ...leased];
    const tcp = all.filter(({ transport }) => transport === 'tcp');
    const udp = all.filter(({ transport }) => transport === 'udp');
    const listeners = tcp.filter(({ kind }) => kind === 'listen' || kind === 'listen-v6only');
    const bound = tcp.filter(({ kind }) => kind === 'bind');

    t.test('the kernel shows in /proc/net what was made', async (t) => {
      t.equal(`${portsInProc('tcp').union(portsOf(bound))}`, `${portsOf(tcp)}`);
      t.equal(`${portsInProc('udp')}`, `${portsOf(udp)}`);
    });

    t.test('the socket table has every socket', async (t) => {
      const shown = SHOWS_BOUND ? tcp : tcp.filter((socket) => !bound.includes(socket));
      t.equal(`${usedPorts()}`, `${portsOf(shown)}`);
      hasOnly(t, await scan(EVERY_PORT, { method: 'table' }), portsOf(shown), 'as a scan');
      t.equal(`${usedPorts({ transport: 'udp' })}`, `${portsOf(udp)}`);
      t.equal(`${usedPorts({ state: 'listen' })}`, `${portsOf(listeners)}`);
      const waiting = udp.filter(({ kind }) => kind === 'udp-bind');
      t.equal(`${usedPorts({ transport: 'udp', state: 'listen' })}`, `${portsOf(waiting)}`);
    });

    t.test('one port is judged as all are', async (t) => {
      const isFree = async (port: number) => !portIsUsedSync(port) || !(await portIsUsed(port));
      const free = await Promise.all(
        [...portsOf(tcp)].map(async (port) => ((await isFree(port)) ? [port] : [])),
      );
      t.strictSame(free.flat(), []);
      const udpAlone = portsOf(udp).difference(portsOf(tcp));
      t.strictSame(
        [...udpAlone].filter((port) => portIsUsedSync(port)),
        [],
      );
    });

    t.test('no port of a socket can be bound, every other can', async (t) => {
      hasOnly(t, await scan(EVERY_PORT, { method: 'bind' }), portsOf(tcp), 'bind');
      hasOnly(t, scanSync(EVERY_PORT, { host: '::' }), portsOf(tcp), 'both, at ::');
      hasOnly(t, await scan(EVERY_PORT, { transport: 'udp' }), portsOf(udp), 'UDP');
    });

    t.test('at one address, only what is met there is used', async (t) => {
      const met = (host: string, sockets: HeldSocket[]) =>
        portsOf(sockets.filter((socket) => isMetAt(host, socket)));
      const [v4, v6] = ['127.0.0.1', '::1'] as const;
      hasOnly(t, await scan(EVERY_PORT, { method: 'bind', host: v4 }), met(v4, tcp), 'bind, IPv4');
      hasOnly(t, await scan(EVERY_PORT, { host: v6 }), met(v6, tcp), 'both, IPv6');
      hasOnly(t, scanSync(EVERY_PORT, { transport: 'udp', host: v4 }), met(v4, udp), 'UDP, IPv4');
      hasOnly(t, scanSync(EVERY_PORT, { transport: 'udp', host: v6 }), met(v6, udp), 'UDP, IPv6');
      hasOnly(
        t,
        await scan(EVERY_PORT, { method: 'connect', host: v4, reset: true }),
        met(v4, listeners),
        'connect, IPv4',
      );
      hasOnly(
        t,
        scanSync(EVERY_PORT, { method: 'connect', host: v6, reset: true }),
        met(v6, listeners),
        'connect, IPv6',
      );
    });

    // With resets, or this end's port would be in TIME_WAIT, which counts as used.
    t.test('only listeners accept connections, at whatever address', async (t) => {
      hasOnly(t, await scan(EVERY_PORT, { method: 'connect', reset: true }), portsOf(listeners), 'connect');
    });

    // The last one, and of few ports: it has to be over within the 60 s of TIME_WAIT, on a busy machine too.
    t.test('a connection that lingers uses its port', async (t) => {
      const lingering = await holdSockets(
        t,
        Array.from({ length: 60 }, () => ['time-wait', oneOf(ADDRESSES)] as const),
      );
      const near = new PortSet(lingering.flatMap(({ port }) => [port - 1, port, port + 1]));
      const used = (sockets: HeldSocket[]) => `${near.intersection(portsOf(sockets))}`;
      const both = [...tcp, ...lingering];
      const [v4, v6] = ['127.0.0.1', '::1'] as const;
      const at = (host: string) => both.filter((socket) => isMetAt(host, socket));
      const shown = SHOWS_BOUND ? both : both.filter((socket) => !bound.includes(socket));
      t.equal(`${near.intersection(portsInProc('tcp').union(portsOf(bound)))}`, used(both));
      t.equal(`${(await scan(near, { method: 'table' })).used}`, used(shown), 'table');
      t.equal(`${(await scan(near, { method: 'bind' })).used}`, used(both), 'bind');
      t.equal(`${scanSync(near, { host: '::' }).used}`, used(both), 'both, at ::');
      t.equal(`${(await scan(near, { method: 'bind', host: v4 })).used}`, used(at(v4)), 'bind, IPv4');
      t.equal(`${(await scan(near, { host: v6 })).used}`, used(at(v6)), 'both, IPv6');
      const { used: answering } = await scan(near, { method: 'connect', reset: true });
      t.equal(`${answering}`, used(listeners), 'connect');
      t.strictSame(
        [...portsOf(lingering)].filter((port) => !portIsUsedSync(port)),
        [],
      );
    });
  });
});
