import { readAddress } from '../../host/address';
import { addresses, areLocal } from '../../host/addresses';
import { areAll } from '../../host/client-host';
import { usedPorts } from '../../machine/used-ports';
import { type UsedSocket, usedSockets } from '../../machine/used-sockets';
import { PortSet } from '../../ports/port-set';
import type { Transport } from '../../ports/transport';
import { type ScanMethod, type ScanResult, scan } from '../../scan/scan';
import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall, PortForValues } from '../options';
import { print } from '../print';
import { columns } from '../scanning/columns';
import { ProgressBar } from '../scanning/progress-bar';
import { HEADING, toRow, type UsedPort, usedPortsOf } from '../scanning/used-port';

const EVERY_PORT = '1-65535';

/**
 * `port-for --scan [PORTS]`: the used ports of this machine as its socket table has them, TCP and UDP; with PORTS, a
 * host or a method, those that a scan finds used.
 */
export async function scanPorts({ values, words: [ports] }: PortForCall): Promise<ExitCode> {
  const startedAt = performance.now();
  const isAsked = ports !== undefined || values.host !== undefined || values.method !== undefined;
  const report = isAsked || !hasTable() ? await ask(ports ?? EVERY_PORT, values) : lookUp();
  const seconds = (performance.now() - startedAt) / 1000;
  if (values.json) printJson(report, seconds);
  else printTable(report, seconds);
  return EXIT.done;
}

/** What a scan came to. A look into the table asks no port, so it knows of used ones alone. */
interface Report {
  readonly host?: string | undefined;
  readonly used: readonly UsedPort[];
  readonly result?: ScanResult;
}

function hasTable(): boolean {
  try {
    usedPorts({ state: 'listen' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_PORT_NO_TABLE') return false;
    throw error;
  }
}

function lookUp(): Report {
  return { used: (['tcp', 'udp'] as const).flatMap((transport) => lookUpTransport(transport)) };
}

function lookUpTransport(transport: Transport): UsedPort[] {
  const sockets = usedSockets({ transport, state: 'listen' });
  return usedPortsOf(new PortSet(sockets.map(({ port }) => port)), transport, sockets);
}

async function ask(ports: string, { host, method }: PortForValues): Promise<Report> {
  const bar = new ProgressBar();
  try {
    const result = await scan(ports, {
      host,
      method: method as ScanMethod | undefined,
      onProgress: (progress) => bar.show(progress),
    });
    return { host, used: usedPortsOf(result.used, 'tcp', await socketsBehind(host)), result };
  } finally {
    bar.clear();
  }
}

/** What has the ports of a host, where that is this machine and it shows. */
async function socketsBehind(host: string | undefined): Promise<UsedSocket[]> {
  const asked = await addresses(host);
  if (!areLocal(asked) || !hasTable()) return [];
  return usedSockets().filter(({ address }) => areAll(asked) || asked.some((one) => overlap(one, address)));
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
  if (used.length > 0) print(...columns([HEADING, ...used.map(toRow)]));
  if (result === undefined) {
    print(`${plural(used.length, 'port')} used (${duration(seconds)})`);
    return;
  }
  const { free, denied, filtered } = result;
  const asked = used.length + free.size + denied.size + filtered.size;
  const rest = [
    `${used.length} used`,
    `${free.size} free`,
    ...(denied.size > 0 ? [`${denied.size} denied (${denied})`] : []),
    ...(filtered.size > 0 ? [`${filtered.size} filtered (${filtered})`] : []),
  ];
  print(`${plural(asked, 'port')} of ${host ?? 'this machine'}: ${rest.join(', ')} (${duration(seconds)})`);
}

function printJson({ host, used, result }: Report, seconds: number): void {
  const sets = result && {
    free: result.free.toString(),
    denied: result.denied.toString(),
    filtered: result.filtered.toString(),
  };
  print(JSON.stringify({ host: host ?? null, used, ...sets, seconds: Number(seconds.toFixed(3)) }));
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function duration(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}
