import { checkPort, type PortRange, toRanges } from '../ports/port';
import type { Transport } from '../ports/transport';
import { checkTransport } from '../ports/transport';
import { readTable } from './tables';

/** What a port is known for. */
export interface ServiceName {
  /** IANA's service name; where IANA assigned the port to nobody, the best known unofficial use of it. */
  readonly name: string;
  /** Whether `name` is IANA's. */
  readonly official: boolean;
  /** All uses of the port that IANA does not list, the most specific first. */
  readonly unofficialUses: readonly string[];
}

/** `data/unassigned.json`: the ends of the ranges of a transport, one after the other. */
type UnassignedTable = Record<Transport, number[]>;

/** A line of `data/services.json`; the ranges of one transport are ascending and have no port in common. */
type Service = [low: number, high: number, transports: string, name: string, ...unofficialUses: string[]];

const ranges: Partial<Record<Transport, readonly PortRange[]>> = {};
let unassigned: UnassignedTable | undefined;
let services: Record<Transport, Service[]> | undefined;

/**
 * The ports, in ascending ranges, that IANA lists as Unassigned for TCP and that no well-known unofficial use is
 * known of. 49152-65535, the dynamic ports of RFC 6335, are not among them, since IANA lists nothing there.
 */
export const UNASSIGNED_RANGES: readonly PortRange[] = unassignedRanges('tcp');

/**
 * The unassigned ranges of a transport, as {@link UNASSIGNED_RANGES} are TCP's.
 * @param transport `'tcp'` by default
 * @throws RangeError for an unknown transport
 */
export function unassignedRanges(transport: Transport = 'tcp'): readonly PortRange[] {
  checkTransport(transport);
  ranges[transport] ??= toRanges(readUnassigned()[transport]);
  return ranges[transport];
}

/**
 * What `port` is known for over `transport`, by IANA's registry and by Wikipedia's list of port numbers; undefined
 * for nothing. The first call reads the table of services, about 300 kB.
 * @param port 1 to 65535
 * @param transport `'tcp'` by default
 * @throws TypeError or RangeError for an invalid port or transport
 */
export function serviceName(port: number, transport: Transport = 'tcp'): ServiceName | undefined {
  checkPort(port);
  checkTransport(transport);
  services ??= readServices();
  const service = findService(services[transport], port);
  if (service === undefined) return undefined;
  const [, , , name, ...unofficialUses] = service;
  return { name: name || (unofficialUses[0] ?? ''), official: name !== '', unofficialUses };
}

function readUnassigned(): UnassignedTable {
  unassigned ??= readTable('unassigned.json') as UnassignedTable;
  return unassigned;
}

function readServices(): Record<Transport, Service[]> {
  const all = readTable('services.json') as Service[];
  const ofTransport = (wanted: Transport) => all.filter(([, , transports]) => transports.includes(wanted));
  return { tcp: ofTransport('tcp'), udp: ofTransport('udp') };
}

function findService(sorted: readonly Service[], port: number): Service | undefined {
  let first = 0;
  let end = sorted.length;
  while (first < end) {
    const middle = (first + end) >> 1;
    const service = sorted[middle];
    if (service === undefined) break;
    if (port < service[0]) end = middle;
    else if (port > service[1]) first = middle + 1;
    else return service;
  }
  return undefined;
}
