import { checkPort } from '../ports/port';
import { checkTransport, type Transport } from '../ports/transport';
import { readTable } from './tables';

/** A row of IANA's registry that assigns a port or reserves it. */
export interface IanaRow {
  /** The service name; empty where the row reserves the port. */
  readonly name: string;
  /** IANA's own words: `'An advanced key-value cache and store'`, or `'Reserved'`. */
  readonly description: string;
  /** When IANA assigned it, `YYYY-MM-DD` or `YYYY-MM`; undefined where IANA does not say. */
  readonly registered?: string;
  /** When IANA last changed the row. */
  readonly modified?: string;
}

/** A use of a port that IANA has not assigned. */
export interface UnofficialUse {
  /** What uses it; empty where IANA itself notes use and does not say whose. */
  readonly name: string;
  /** The page that says so. */
  readonly source: string;
}

/** Why a port is not unassigned. */
export interface RegistryEvidence {
  /** The rows of IANA, those of fewer ports first. */
  readonly iana: readonly IanaRow[];
  /** What else uses it, likewise. */
  readonly uses: readonly UnofficialUse[];
}

/** `data/evidence.json`, whose README tells what its columns are. */
interface EvidenceTable {
  readonly iana: readonly (readonly [
    low: number,
    high: number,
    transports: string,
    name?: string,
    description?: string,
    registered?: string,
    modified?: string,
  ])[];
  readonly uses: readonly (readonly [
    low: number,
    high: number,
    transports: string,
    name: string,
    source: number,
  ])[];
  readonly sources: readonly string[];
}

let table: EvidenceTable | undefined;

/** What the registry's tables say of a port. The first call reads the table, about 500 kB. */
export function registryEvidence(port: number, transport: Transport = 'tcp'): RegistryEvidence {
  checkPort(port);
  checkTransport(transport);
  table ??= readTable('evidence.json') as EvidenceTable;
  const { iana, uses, sources } = table;
  return {
    iana: rowsOf(iana, port, transport).map(([, , , name = '', description = '', registered, modified]) => ({
      name,
      description,
      ...(registered ? { registered } : {}),
      ...(modified ? { modified } : {}),
    })),
    uses: rowsOf(uses, port, transport).map(([, , , name, source]) => ({
      name,
      source: sources[source] ?? '',
    })),
  };
}

type Row = readonly [low: number, high: number, transports: string, ...unknown[]];

function rowsOf<T extends Row>(rows: readonly T[], port: number, transport: Transport): T[] {
  return rows
    .filter(
      ([low, high, transports]) => low <= port && port <= high && transports.split('+').includes(transport),
    )
    .sort(([lowA, highA], [lowB, highB]) => highA - lowA - (highB - lowB));
}
