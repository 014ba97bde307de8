import { addon } from '../addon/addon';
import type { Hold, Pick, PickRequest } from '../addon/contract';
import { invalidValue } from '../arguments/invalid-argument';
import { checkOptions, checkSignal, type OptionNames } from '../arguments/options';
import { addresses, addressesSync, checkLocal } from '../host/addresses';
import type { Host } from '../host/host';
import { kernelPorts } from '../machine/ephemeral-range';
import { ownBits, PortSet, toCandidates, toPortSet } from '../ports/port-set';
import type { PortSpec } from '../ports/port-spec';
import type { Transport } from '../ports/transport';
import { type TransportChoice, toTransports } from '../ports/transport';
import { usualGoodPorts } from '../registry/good-ports';
import { untilAborted } from '../timing/abort';
import { checkOrder, letGo, listCandidates, type PickOrder, pickInOrder, pickInOrderSync } from './order';

/** From which ports to pick at once, and where they must be free. */
export interface PickSyncOptions {
  /** The candidates, taken at their word: probed, not filtered. Without, the good ports alone. */
  ports?: PortSpec | undefined;
  /** Ports that are no candidates. */
  exclude?: PortSpec | undefined;
  /**
   * The address or name of this machine where the ports must be free. Without, they are free on every address of
   * both families.
   */
  host?: Host | undefined;
  /** `'tcp'` by default. */
  transport?: TransportChoice | undefined;
  /**
   * In which order the candidates are asked. `'random'`, the default, keeps two processes that pick at the same time
   * apart; `'ascending'` takes the lowest free ports, `'given'` the first free ones in the order of `ports`.
   */
  order?: PickOrder | undefined;
}

/** From which ports to pick, and where they must be free. */
export interface PickOptions extends PickSyncOptions {
  /** Ends the pick: its promise rejects with the signal's reason, and nothing stays held. */
  signal?: AbortSignal | undefined;
}

/** One port that was free a moment ago. */
export function pickOneSync(options: PickSyncOptions): number {
  const wish = toWish(options, PICK_SYNC_OPTIONS);
  return pickAtOnce(wish) || only(findSync(wish, { count: 1, hold: false }));
}

/** The same; what takes a while is done on another thread. */
export async function pickOne(options: PickOptions): Promise<number> {
  const wish = toWish(options, PICK_OPTIONS);
  const signal = checkSignal(options.signal);
  // A signal that is aborted in this very turn has to be heard, so a pick with one takes a turn.
  const port = signal === undefined ? pickAtOnce(wish) : 0;
  return port || only(await find(wish, { count: 1, hold: false }, signal));
}

/**
 * The addon's answer with as many ports as were wanted; held, with a lease each, where `hold` says so, and even
 * where only closed connections or other bound sockets with SO_REUSEADDR have a port, where `reuseAddress` says so.
 */
export function pickSync(count: number, options: PickSyncOptions, hold: Hold, reuseAddress = false): Pick {
  return findSync(toWish(options, namesFor(PICK_SYNC_OPTIONS, hold)), { count, hold, reuseAddress });
}

/** The same on another thread; `options.host` may be a name to resolve. */
export async function pick(count: number, options: PickOptions, hold: Hold): Promise<Pick> {
  const wish = toWish(options, namesFor(PICK_OPTIONS, hold));
  return find(wish, { count, hold }, checkSignal(options.signal));
}

const PICK_SYNC_OPTIONS: OptionNames<PickSyncOptions> = {
  ports: true,
  exclude: true,
  host: true,
  transport: true,
  order: true,
};

const PICK_OPTIONS: OptionNames<PickOptions> = { ...PICK_SYNC_OPTIONS, signal: true };

/** A lease takes one option more than a pick. */
function namesFor(names: OptionNames<PickSyncOptions>, hold: Hold): Readonly<Record<string, true>> {
  return hold === false ? names : { ...names, exclusive: true };
}

/** The checked options of a pick. */
interface Wish {
  readonly candidates: PortSet;
  /** The candidates one by one, if they are asked in an order. */
  readonly order: readonly number[] | undefined;
  readonly transports: readonly Transport[];
  /** Not resolved yet. */
  readonly host: Host | undefined;
}

/** Checks the options of a pick, once and for all. */
function toWish(options: PickSyncOptions, names: Readonly<Record<string, true>>): Wish {
  if (typeof options === 'object' && options !== null && 'port' in options && options.port !== undefined) {
    throw invalidValue('port is not an option of a pick: name the candidates as "ports", one or many');
  }
  const { ports, exclude, host, transport = 'tcp', order = 'random' } = checkOptions(options, names);
  const transports = toTransports(transport);
  const listed = listCandidates(checkOrder(order), ports);
  const named = ports === undefined ? goodPorts(transports) : toCandidates(listed ?? ports, 'ports');
  const candidates = exclude === undefined ? named : named.difference(toPortSet(exclude, 'exclude'));
  const all = order === 'random' ? undefined : (listed?.filter((port) => candidates.has(port)) ?? candidates);
  return { candidates, order: all && [...all], transports, host };
}

/** The ports that are good for all `transports`. */
function goodPorts(transports: readonly Transport[]): PortSet {
  const [first = 'tcp', ...others] = transports;
  return others.reduce(
    (ports, transport) => ports.intersection(usualGoodPorts(transport)),
    usualGoodPorts(first),
  );
}

/** The usual wish by one short call of the addon, which nearly always finds a port; 0 where it takes more than that. */
function pickAtOnce({ candidates, order, transports, host }: Wish): number {
  const isUsual =
    host === undefined && order === undefined && transports.length === 1 && transports[0] === 'tcp';
  return isUsual ? addon.pickAtOnce(ownBits(candidates)) : 0;
}

/** How many ports to find, and what becomes of them. */
interface Terms {
  readonly count: number;
  readonly hold: Hold;
  readonly reuseAddress?: boolean;
}

function findSync(wish: Wish, terms: Terms): Pick {
  const request = toRequest(wish, terms, addressesSync(wish.host));
  const { order } = wish;
  const found =
    order === undefined
      ? addon.pickSync(request)
      : pickInOrderSync(order, request, (one) => addon.pickSync(one));
  return whole(found, request);
}

async function find(wish: Wish, terms: Terms, signal: AbortSignal | undefined): Promise<Pick> {
  signal?.throwIfAborted();
  const request = toRequest(wish, terms, await untilAborted(addresses(wish.host), signal));
  const { order } = wish;
  const found =
    order === undefined
      ? await runPick(request, signal)
      : await pickInOrder(order, request, (one) => runPick(one, signal));
  return whole(found, request);
}

function toRequest(
  { candidates, transports, host }: Wish,
  { count, hold, reuseAddress = false }: Terms,
  hosts: readonly string[],
): PickRequest {
  checkLocal(host, hosts);
  return { ports: ownBits(candidates), count, hosts, transports, hold, reuseAddress };
}

/** Picks on a thread of the addon, unless the signal is aborted before. */
export function runPick(request: PickRequest, signal: AbortSignal | undefined): Promise<Pick> {
  const job = addon.pick(request);
  return untilAborted(job.result, signal, () => {
    job.cancel();
    // It may have been done already: nobody takes what it holds.
    job.result.then(letGo, () => {});
  });
}

function whole(pick: Pick, { ports, count, transports }: PickRequest): Pick {
  if (pick.ports.length === count) return pick;
  const candidates = PortSet.fromBits(ports);
  const reserved = candidates.intersection(kernelPorts().excludedRanges).size;
  const { NoFreePortError } = require('./errors') as typeof import('./errors');
  throw new NoFreePortError(candidates, transports, count, pick.ports.length, pick.denied, reserved);
}

function only({ ports: [port] }: Pick): number {
  if (port === undefined) throw new TypeError('the addon returned no port');
  return port;
}
