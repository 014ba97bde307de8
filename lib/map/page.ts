import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../package-folder';
import type { Transport } from '../ports/transport';
import { serviceName } from '../registry/services';
import { holderName } from '../who/holder';
import type { PortUse } from '../who/port-use';
import { kindsByPort, PORT_KINDS, type PortMap } from './port-map';

/** What the page knows of one transport. `data/port-map.html` unpacks it. */
interface PackedTransport {
  /** The kinds in runs: the first port of a run and the kind's index, one after the other. */
  readonly runs: readonly number[];
  readonly services: readonly (readonly [low: number, high: number, service: string])[];
  readonly used: readonly (readonly [
    port: number,
    holder: string,
    places: readonly string[],
    clients: number,
  ])[];
  readonly names: readonly (readonly [port: number, names: readonly string[]])[];
}

/**
 * The map as one HTML page that needs no network: the grid of all ports with zoom, search and filters, and the same as a
 * table.
 */
export function mapToPage(
  maps: Readonly<Record<Transport, PortMap>>,
  uses: readonly PortUse[],
  at = new Date(),
): string {
  const data = {
    host: hostname(),
    at: at.toISOString(),
    kinds: Object.entries(PORT_KINDS).map(([name, meaning]) => ({ name, meaning })),
    transports: { tcp: pack(maps.tcp, uses), udp: pack(maps.udp, uses) },
  };
  const template = readFileSync(join(PACKAGE_FOLDER, 'data', 'port-map.html'), 'utf8');
  // Whatever a process calls itself, it ends no script.
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return template.replace('"DATA"', () => json);
}

function pack(map: PortMap, uses: readonly PortUse[]): PackedTransport {
  const useOf = new Map(
    uses.filter(({ transport }) => transport === map.transport).map((use) => [use.port, use]),
  );
  return {
    runs: packRuns(kindsByPort(map)),
    services: packServices(map.transport),
    used: [...map.used].map((port) => [port, ...packUse(useOf.get(port))]),
    names: [...map.names].map(([port, names]) => [
      port,
      names.map(({ name, folder }) => (folder === undefined ? name : `${name} (${folder})`)),
    ]),
  };
}

function packRuns(byPort: Uint8Array): number[] {
  const runs: number[] = [];
  for (const [port, kind] of byPort.entries()) {
    if (kind !== byPort[port - 1]) runs.push(port, kind);
  }
  return runs;
}

/** A name of IANA with the other uses behind it; runs of ports that are known for the same are one. */
function packServices(transport: Transport): [low: number, high: number, service: string][] {
  const packed: [number, number, string][] = [];
  for (let port = 1; port <= 65_535; port++) {
    const service = serviceName(port, transport);
    if (service === undefined) continue;
    const text = [...new Set([service.name, ...service.unofficialUses])].join(', ');
    const last = packed.at(-1);
    if (last !== undefined && last[1] === port - 1 && last[2] === text) last[1] = port;
    else packed.push([port, port, text]);
  }
  return packed;
}

function packUse(use: PortUse | undefined): [holder: string, places: string[], clients: number] {
  const sockets = use?.sockets ?? [];
  return [
    [...new Set(sockets.map(holderName))].join(', '),
    [
      ...new Set(
        sockets.map(({ address, exposure, listens }) => (listens ? `${address} (${exposure})` : address)),
      ),
    ],
    sockets.reduce((sum, { clients }) => sum + clients, 0),
  ];
}
