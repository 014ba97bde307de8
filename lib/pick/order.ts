import type { Pick, PickRequest } from '../addon/contract';
import { invalidValue, show } from '../arguments/invalid-argument';
import { ownBits, PortSet } from '../ports/port-set';
import { type PortSpec, portsInOrder } from '../ports/port-spec';

/** In which order a pick asks its candidates. */
export type PickOrder = 'random' | 'ascending' | 'given';

const ORDERS: readonly unknown[] = ['random', 'ascending', 'given'];

/** Returns `value` if it is an order; throws a `RangeError` otherwise. */
export function checkOrder(value: unknown): PickOrder {
  if (ORDERS.includes(value)) return value as PickOrder;
  throw invalidValue(`order ${show(value)} is unknown: expected "random", "ascending" or "given"`);
}

/** The candidates in the order in which `ports` lists them, each once, if that is the order; else undefined. */
export function listCandidates(order: PickOrder, ports: PortSpec | undefined): number[] | undefined {
  if (order !== 'given') return undefined;
  if (ports === undefined) throw invalidValue('order "given" needs ports: name the candidates in your order');
  return [...new Set(portsInOrder(ports, 'ports'))];
}

/** Picks the first free ports of `order`, as many as `request` wants, each by a `pickOne` of its own. */
export function pickInOrderSync(
  order: readonly number[],
  request: PickRequest,
  pickOne: (request: PickRequest) => Pick,
): Pick {
  const found = new Found(request);
  try {
    for (const port of order) {
      if (found.isWhole) break;
      found.add(pickOne(found.requestFor(port)));
    }
    return found.end();
  } catch (error) {
    letGo(found.pick);
    throw error;
  }
}

/** {@link pickInOrderSync} on another thread. */
export async function pickInOrder(
  order: readonly number[],
  request: PickRequest,
  pickOne: (request: PickRequest) => Promise<Pick>,
): Promise<Pick> {
  const found = new Found(request);
  try {
    for (const port of order) {
      if (found.isWhole) break;
      found.add(await pickOne(found.requestFor(port)));
    }
    return found.end();
  } catch (error) {
    letGo(found.pick);
    throw error;
  }
}

/** Releases what a pick holds. */
export function letGo({ leases }: Pick): void {
  for (const lease of leases) lease.release();
}

/** What was found so far. */
class Found {
  readonly pick: Pick = { ports: [], leases: [], denied: 0 };

  constructor(readonly request: PickRequest) {}

  get isWhole(): boolean {
    return this.pick.ports.length === this.request.count;
  }

  requestFor(port: number): PickRequest {
    return { ...this.request, ports: ownBits(new PortSet(port)), count: 1 };
  }

  add({ ports, leases, denied }: Pick): void {
    this.pick.ports.push(...ports);
    this.pick.leases.push(...leases);
    this.pick.denied += denied;
  }

  /** All that was wanted is held, or nothing. */
  end(): Pick {
    if (!this.isWhole) letGo(this.pick);
    return this.pick;
  }
}
