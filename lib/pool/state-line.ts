import { isPort } from '../ports/port';
import type { Transport } from '../ports/transport';
import type { OwnerProcess } from './owner-process';

/** One reservation, as it is written down. */
export interface ReservationRecord {
  readonly id: number;
  readonly owner: string;
  readonly ports: readonly number[];
  readonly transports: readonly Transport[];
  /** Whether the kernel holds the ports. */
  readonly hold: boolean;
  readonly process?: OwnerProcess | undefined;
}

/** A port that was released, and when (ms since 1970). */
export interface ReleaseRecord {
  readonly ports: readonly number[];
  readonly at: number;
}

/** What a state file tells. */
export interface PoolState {
  readonly reservations: Map<number, ReservationRecord>;
  readonly releases: ReleaseRecord[];
  /** The highest number that a reservation ever had. */
  lastId: number;
}

/** One change, a line of a state file. */
export type StateLine =
  | { readonly reserve: ReservationRecord }
  | ({ readonly release: number } & ReleaseRecord);

/**
 * Reads a line of a state file.
 *
 * @throws TypeError for text that no pool writes. SyntaxError for text that is not JSON.
 */
export function parseLine(text: string): StateLine {
  const line: unknown = JSON.parse(text);
  if (isObject(line)) {
    if (isReservation(line.reserve)) return { reserve: line.reserve };
    if (isRelease(line)) return { release: line.release, ports: line.ports, at: line.at };
  }
  throw new TypeError('neither a reservation nor a release');
}

function isReservation(value: unknown): value is ReservationRecord {
  return (
    isObject(value) &&
    isId(value.id) &&
    typeof value.owner === 'string' &&
    arePorts(value.ports) &&
    Array.isArray(value.transports) &&
    value.transports.every((transport) => transport === 'tcp' || transport === 'udp') &&
    typeof value.hold === 'boolean' &&
    (value.process === undefined || isProcess(value.process))
  );
}

function isRelease(
  value: Record<string, unknown>,
): value is Record<string, unknown> & ReleaseRecord & { release: number } {
  // What cools down in a file that was written anew names no reservation: 0.
  return (value.release === 0 || isId(value.release)) && arePorts(value.ports) && Number.isFinite(value.at);
}

function isProcess(value: unknown): value is OwnerProcess {
  return (
    isObject(value) &&
    isId(value.pid) &&
    (value.startTicks === undefined || Number.isFinite(value.startTicks))
  );
}

function arePorts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isPort);
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
