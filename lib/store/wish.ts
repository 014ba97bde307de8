import { invalidValue } from '../arguments/invalid-argument';
import { checkOptions, type OptionNames } from '../arguments/options';
import { checkPort } from '../ports/port';
import { checkName } from './name';

/** Which port a name shall get. */
export interface BindOptions {
  /** This very port, good or not, in use or not. */
  port?: number | undefined;
  /**
   * The port that a name without one gets if nobody has it: no other name in any config file at hand, and no program.
   * Otherwise the name gets a random good port. A name that has a port keeps it.
   */
  prefer?: number | undefined;
}

/** Where a picked port is held from the start, so that nobody takes it, or reads of it, before. */
export interface Holder {
  claim(name: string, port: number): void;
  pick(from: { ports?: number; exclude?: readonly number[] }): number;
}

/** What a caller wants for a name, checked. */
export interface Wish {
  readonly name: string;
  readonly port: number | undefined;
  readonly prefer: number | undefined;
  /** Holds the port, before anybody can read of it, where it is to be leased. */
  readonly hold: Holder | undefined;
}

/** @param options the port itself, or where to take it from */
export function checkWish(
  name: unknown,
  options: number | BindOptions | undefined = {},
  hold?: Holder,
): Wish {
  const key = checkName(name);
  const { port, prefer } = toOptions(options, hold);
  if (port !== undefined && prefer !== undefined) {
    throw invalidValue('port and prefer are not both possible: port takes the very port, prefer gives way');
  }
  return {
    name: key,
    port: port === undefined ? undefined : checkPort(port),
    prefer: prefer === undefined ? undefined : checkPort(prefer, 'prefer'),
    hold,
  };
}

const BIND_OPTIONS: OptionNames<BindOptions> = { port: true, prefer: true };

/** Those of a lease, which are more, were checked when its place was. */
function toOptions(options: number | BindOptions, hold: Holder | undefined): BindOptions {
  if (typeof options === 'number') return { port: options };
  return hold === undefined ? checkOptions(options, BIND_OPTIONS) : options;
}

/**
 * Loads and asks, before a config file is locked for a pick, what the pick needs, so that no other writer waits for it:
 * on Windows the system is asked by a process.
 */
export function preparePick({ port, hold }: Wish): void {
  if (port !== undefined) return;
  if (hold === undefined) picker();
  const { kernelPorts } =
    require('../machine/ephemeral-range') as typeof import('../machine/ephemeral-range');
  kernelPorts();
}

/** The port for a name that has none: the wished one, the preferred one if it is free, else one not in `exclude`. */
export function choosePort({ name, port, prefer, hold }: Wish, exclude: ReadonlySet<number>): number {
  if (port !== undefined) {
    hold?.claim(name, port);
    return port;
  }
  const isPossible = prefer !== undefined && !exclude.has(prefer);
  const preferred = isPossible ? ifAnyIsFree(() => pick({ ports: prefer }, hold)) : undefined;
  return preferred ?? pick({ exclude: [...exclude] }, hold);
}

function pick(from: { ports?: number; exclude?: readonly number[] }, hold: Holder | undefined): number {
  if (hold !== undefined) return hold.pick(from);
  return picker().selectRandomSync(from);
}

function picker(): typeof import('../pick/pick') {
  return require('../pick/pick');
}

function ifAnyIsFree(pick: () => number): number | undefined {
  try {
    return pick();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_PORT_NONE_FREE') return undefined;
    throw error;
  }
}
