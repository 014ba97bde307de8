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
import { availableGoodPorts } from '../registry/good-ports';
import { untilAborted } from '../timing/abort';
import { NoFreePortError } from './errors';
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

/**
 * The addon's answer with as many ports as were wanted; held, with a lease number each, where `hold` says so, and even
 * where only closed connections or other bound sockets with SO_REUSEADDR have a port, where `pastClosed` says so.
 */
export function pickSync(count: number, options: PickSyncOptions, hold: Hold, pastClosed = false): Pick {
  const hosts = addressesSync(checkPickOptions(options, PICK_SYNC_OPTIONS, hold).host);
  const { request, order } = toWish(count, options, hosts, hold, pastClosed);
  const pick =
    order === undefined
      ? addon.pickSync(request)
      : pickInOrderSync(order, request, (one) => addon.pickSync(one));
  return whole(pick, request);
}

/** The same on another thread; `options.host` may be a name to resolve. */
export async function pick(count: number, options: PickOptions, hold: Hold): Promise<Pick> {
  const { host, signal } = checkPickOptions(options, PICK_OPTIONS, hold);
  checkSignal(signal);
  signal?.throwIfAborted();
  const hosts = await untilAborted(addresses(host), signal);
  const { request, order } = toWish(count, options, hosts, hold);
  const pick =
    order === undefined
      ? await runPick(request, signal)
      : await pickInOrder(order, request, (one) => runPick(one, signal));
  return whole(pick, request);
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

const PICK_SYNC_OPTIONS: OptionNames<PickSyncOptions> = {
  ports: true,
  exclude: true,
  host: true,
  transport: true,
  order: true,
};

const PICK_OPTIONS: OptionNames<PickOptions> = { ...PICK_SYNC_OPTIONS, signal: true };

/** Returns `options` if a pick, or a lease if it is to `hold`, has such ones. */
function checkPickOptions<Options extends PickSyncOptions>(
  options: Options,
  names: OptionNames<PickSyncOptions>,
  hold: Hold,
): Options {
  if (typeof options === 'object' && options !== null && 'port' in options && options.port !== undefined) {
    throw invalidValue('port is not an option of a pick: name the candidates as "ports", one or many');
  }
  return checkOptions(options, hold === false ? names : { ...names, exclusive: true });
}

/** What a pick asks the addon for; with an order, one candidate after the other. */
interface Wish {
  readonly request: PickRequest;
  readonly order: readonly number[] | undefined;
}

function toWish(
  count: number,
  options: PickSyncOptions,
  hosts: readonly string[],
  hold: Hold,
  pastClosed = false,
): Wish {
  const { ports, exclude, host, transport = 'tcp', order = 'random' } = options;
  checkLocal(host, hosts);
  const transports = toTransports(transport);
  const listed = listCandidates(checkOrder(order), ports);
  const named = ports === undefined ? goodPorts(transports) : toCandidates(listed ?? ports, 'ports');
  const candidates = exclude === undefined ? named : named.difference(toPortSet(exclude, 'exclude'));
  const request = { ports: ownBits(candidates), count, hosts, transports, hold, pastClosed };
  if (order === 'random') return { request, order: undefined };
  return { request, order: listed?.filter((port) => candidates.has(port)) ?? [...candidates] };
}

/** The ports that are good for all `transports`. */
function goodPorts(transports: readonly Transport[]): PortSet {
  return transports
    .map((transport) => availableGoodPorts({ transport }))
    .reduce((ports, others) => ports.intersection(others));
}

function whole(pick: Pick, { ports, count, transports }: PickRequest): Pick {
  if (pick.ports.length === count) return pick;
  const candidates = PortSet.fromBits(ports);
  const reserved = candidates.intersection(kernelPorts().excludedRanges).size;
  throw new NoFreePortError(candidates, transports, count, pick.ports.length, pick.denied, reserved);
}
