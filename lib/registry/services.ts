import { checkPort } from '../ports/port';
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

/** A line of `data/services.json`; the ranges of one transport are ascending and have no port in common. */
type Service = [low: number, high: number, transports: string, name: string, ...unofficialUses: string[]];

let services: Record<Transport, Service[]> | undefined;

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
