import { addon } from '../addon/addon';
import type { Host } from '../host/host';
import { type Lease, leaseManySync } from '../lease/lease';
import { NoFreePortError } from '../pick/errors';
import { PortSet } from '../ports/port-set';
import type { Transport, TransportChoice } from '../ports/transport';

/** What is to be found. */
export interface Choice {
  readonly count: number;
  readonly contiguous: boolean;
  readonly prefer: readonly number[];
  readonly transports: readonly Transport[];
  readonly host: Host | undefined;
}

/**
 * Holds as many of the `candidates` as are wanted: all or none, those that are preferred first.
 *
 * @throws NoFreePortError when there are not as many, or not beside each other.
 */
export function hold(candidates: PortSet, choice: Choice): Lease[] {
  if (candidates.size === 0) throw new NoFreePortError(candidates, choice.transports, choice.count, 0);
  return choice.contiguous && choice.count > 1 ? holdRun(candidates, choice) : holdAny(candidates, choice);
}

function holdAny(candidates: PortSet, choice: Choice): Lease[] {
  const held: Lease[] = [];
  try {
    for (const port of choice.prefer) {
      if (held.length === choice.count) return held;
      if (candidates.has(port)) held.push(...(tryHold(new PortSet(port), 1, choice) ?? []));
    }
    const rest = choice.count - held.length;
    if (rest === 0) return held;
    return [...held, ...leaseManySync(rest, place(candidates, choice))];
  } catch (error) {
    for (const lease of held) lease.release();
    throw error;
  }
}

/** Runs are tried in random order, so that two pools seldom want the same. */
function holdRun(candidates: PortSet, choice: Choice): Lease[] {
  const { count } = choice;
  const free = withoutUsed(candidates, choice.transports);
  const lows: number[] = [];
  for (const { low, high } of free.ranges()) {
    for (let first = low; first + count - 1 <= high; first++) lows.push(first);
  }
  const preferred = choice.prefer.filter((low) => lows.includes(low));
  while (preferred.length > 0 || lows.length > 0) {
    const low = preferred.shift() ?? takeRandom(lows);
    const held = tryHold(new PortSet({ low, high: low + count - 1 }), count, choice);
    if (held !== undefined) return held.sort((left, right) => left.port - right.port);
  }
  const error = new NoFreePortError(candidates, choice.transports, count, 0);
  error.message = `no ${count} neighbouring ports are free among the ${candidates.size} candidates: name other ports, or leave out contiguous`;
  throw error;
}

function withoutUsed(candidates: PortSet, transports: readonly Transport[]): PortSet {
  return transports.reduce((left, transport) => {
    const used = addon.tablePorts(transport, 'all');
    return used === undefined ? left : left.difference(PortSet.fromBits(used));
  }, candidates);
}

function takeRandom(numbers: number[]): number {
  const index = Math.floor(Math.random() * numbers.length);
  const last = numbers.pop() ?? 0;
  if (index === numbers.length) return last;
  const taken = numbers[index] ?? 0;
  numbers[index] = last;
  return taken;
}

/** As many of the ports as are wanted; undefined where they are not free. */
export function tryHold(
  ports: PortSet,
  count: number,
  choice: Omit<Choice, 'count' | 'contiguous' | 'prefer'>,
): Lease[] | undefined {
  try {
    return leaseManySync(count, place(ports, choice));
  } catch (error) {
    if (error instanceof NoFreePortError) return undefined;
    throw error;
  }
}

function place(ports: PortSet, { host, transports }: Pick<Choice, 'host' | 'transports'>) {
  const [first = 'tcp'] = transports;
  const transport: TransportChoice = transports.length > 1 ? 'both' : first;
  return { ports, transport, host };
}
