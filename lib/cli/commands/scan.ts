import { addon } from '../../addon/addon';
import { show } from '../../arguments/invalid-argument';
import { readAddress } from '../../host/address';
import { addresses, areLocal } from '../../host/addresses';
import { meanEveryAddress } from '../../host/client-host';
import { HostError } from '../../host/errors';
import { type UsedSocket, usedSockets } from '../../machine/used-sockets';
import type { Transport } from '../../ports/transport';
import { type ScanMethod, type ScanResult, scan } from '../../scan/scan';
import { portNames } from '../../who/port-names';
import { CommandError } from '../command-error';
import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall, PortForValues } from '../options';
import { print } from '../print';
import { hasTable, lookUp } from '../scanning/look-up';
import { ProgressLine } from '../scanning/progress-line';
import { usedPortsTable } from '../scanning/table';
import { type UsedPort, usedPortsOf } from '../scanning/used-port';
import { screen } from '../seeing/screen';
import { readSeconds } from '../seeing/seconds';
import { UsageError } from '../usage-error';

const EVERY_PORT = '1-65535';

/** The options that need ports to be asked: a look into the table has no use for them. */
const ASKING = ['host', 'method', 'timeout', 'concurrency', 'reset'] as const;

/**
 * `port-for --scan [PORTS]`: the used ports of this machine as its socket table has them, TCP and UDP; with PORTS, a
 * host or a method, those that a scan finds used.
 */
export async function scanPorts({ values, words: [ports] }: PortForCall): Promise<ExitCode> {
  const isAsked = ports !== undefined || ASKING.some((option) => values[option] !== undefined);
  if (values.watch) {
    if (isAsked) throw new UsageError('--watch shows what this machine uses: it takes no ports and no host');
    const { watchUsedPorts } = require('../scanning/watch') as typeof import('../scanning/watch');
    return watchUsedPorts({ isUdpAlone: values.udp ?? false, isJson: values.json ?? false });
  }
  const startedAt = performance.now();
  const report =
    isAsked || !hasTable() ? await ask(ports ?? EVERY_PORT, values) : { used: lookUp(values.udp ?? false) };
  const seconds = (performance.now() - startedAt) / 1000;
  const nowhere = whyUnreachable(report);
  if (values.json) printJson(report, seconds);
  else if (nowhere === undefined) printTable(report, seconds);
  if (nowhere !== undefined) throw new CommandError(EXIT.failed, nowhere);
  return report.result?.isPartial ? EXIT.interrupted : EXIT.done;
}

/** What a scan came to. A look into the table asks no port, so it knows of used ones alone. */
interface Report {
  readonly host?: string | undefined;
  readonly used: readonly UsedPort[];
  readonly result?: ScanResult;
}

async function ask(ports: string, values: PortForValues): Promise<Report> {
  const { host, method } = values;
  const transport: Transport = values.udp ? 'udp' : 'tcp';
  await checkWay(host);
  const progress = new ProgressLine();
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  process.once('SIGINT', onInterrupt);
  try {
    const result = await scan(ports, {
      host,
      transport,
      method: method as ScanMethod | undefined,
      timeout: readSeconds(values.timeout, '--timeout'),
      reset: values.reset,
      concurrency: values.concurrency === undefined ? undefined : Number(values.concurrency),
      signal: interrupt.signal,
      keepPartial: true,
      onProgress: (now) => progress.show(now),
    });
    const sockets = await socketsBehind(host, transport);
    // Names are of this machine.
    const names = areLocal(await addresses(host)) ? portNames() : undefined;
    return { host, used: usedPortsOf(result.used, transport, sockets, names), result };
  } finally {
    progress.clear();
    process.removeListener('SIGINT', onInterrupt);
  }
}

/** Without a way to a host every port of it would be called filtered, one after the other. */
async function checkWay(host: string | undefined): Promise<void> {
  if (host === undefined) return;
  const found = await addresses(host);
  if (areLocal(found) || found.some((address) => addon.hasRoute(address))) return;
  throw new HostError(
    host,
    `this machine knows no way to ${show(host)} (${found.join(', ')}): is the network up?`,
  );
}

/** What has the ports of a host, where that is this machine and it shows. */
async function socketsBehind(host: string | undefined, transport: Transport): Promise<UsedSocket[]> {
  const asked = await addresses(host);
  if (!areLocal(asked) || !hasTable()) return [];
  return usedSockets({ transport }).filter(
    ({ address }) => meanEveryAddress(asked) || asked.some((one) => overlap(one, address)),
  );
}

/**
 * Whether a socket at `tableAddress` is in the way at an address that was asked: they are one, or one of them is all.
 * The table tells no interface of link-local addresses.
 */
function overlap(asked: string, tableAddress: string): boolean {
  const address = readAddress(tableAddress) ?? tableAddress;
  if (address === '::' || address === asked.replace(/%.*/, '')) return true;
  const isSameFamily = address.includes(':') === asked.includes(':');
  return isSameFamily && (address === '0.0.0.0' || asked === '0.0.0.0');
}

function printTable({ host, used, result }: Report, seconds: number): void {
  if (used.length > 0) print(...usedPortsTable(used, screenOf()));
  if (result === undefined) {
    print(`${plural(used.length, 'port')} used (${duration(seconds)})`);
    return;
  }
  const { free, denied, filtered, isPartial } = result;
  const asked = used.length + free.size + denied.size + filtered.size;
  const rest = [
    `${used.length} used`,
    `${free.size} free`,
    ...(denied.size > 0 ? [`${denied.size} denied (${denied})`] : []),
    ...(filtered.size > 0 ? [`${filtered.size} filtered (${filtered})`] : []),
  ];
  const partial = isPartial ? 'interrupted, partial: ' : '';
  print(
    `${partial}${plural(asked, 'port')} of ${host ?? 'this machine'}: ${rest.join(', ')} (${duration(seconds)})`,
  );
}

/** A host of which the network says that there is no way to it, and which no port answered for. */
function whyUnreachable({ host = 'this machine', result }: Report): string | undefined {
  if (result === undefined || result.isPartial) return undefined;
  const { free, used, denied, filtered, unreachable } = result;
  if (unreachable.size === 0 || free.size + used.size + denied.size > 0) return undefined;
  return `${host} cannot be reached: no answer from ${plural(filtered.size, 'port')}, and the network says that there is no way to it (EHOSTUNREACH)`;
}

/** What is written to a file or another program is cut off nowhere. */
function screenOf(): { columns: number; hasColors: boolean } {
  const { columns, hasColors } = screen();
  return { columns: process.stdout.isTTY || process.env.COLUMNS ? columns : Infinity, hasColors };
}

function printJson({ host, used, result }: Report, seconds: number): void {
  const sets = result && {
    free: result.free.toString(),
    denied: result.denied.toString(),
    filtered: result.filtered.toString(),
    unreachable: result.unreachable.toString(),
    ...(result.isPartial ? { isPartial: true } : {}),
  };
  print(JSON.stringify({ host: host ?? null, used, ...sets, seconds: Number(seconds.toFixed(3)) }));
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function duration(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}
