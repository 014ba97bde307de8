import { invalidType } from '../arguments/invalid-argument';
import { checkCount, checkPort, parsePort } from '../ports/port';
import type { PortSpec } from '../ports/port-spec';
import { type PickOptions, type PickSyncOptions, pick, pickOne, pickOneSync, pickSync } from './judged-pick';

export type { PickOptions, PickSyncOptions } from './judged-pick';

/** Where `getPort` and `allocate` look is said in their first argument or their options. */
export type GetPortOptions = Omit<PickOptions, 'ports'>;

/** The same for `getPortSync`. */
export type GetPortSyncOptions = Omit<PickSyncOptions, 'ports'>;

/**
 * A random free port: a good one, or one of `ports`. It was free a moment ago; to keep it until your server listens,
 * take a lease. Takes some ten microseconds. Candidates that do not answer, because a firewall drops what they are
 * asked, take 100 ms together, 256 at a time.
 *
 * @param options the candidates, exclusions, host, transport and signal; the good TCP ports by default
 * @throws NoFreePortError only when every candidate is used. PortSystemError when the kernel refuses to answer. The
 * signal's reason when it is aborted.
 * @example
 * ```js
 * await selectRandom(); // 24317
 * await selectRandom({ ports: '8000-8100', host: '127.0.0.1' }); // 8042
 * ```
 */
export function selectRandom(options: PickOptions = {}): Promise<number> {
  return pickOne(options);
}

/**
 * {@link selectRandom} at once.
 * @param options as of {@link selectRandom}; `host` must be an IP address or `localhost`
 */
export function selectRandomSync(options: PickSyncOptions = {}): number {
  return pickOneSync(options);
}

/**
 * The port that a setting such as `--port` means, as `get_port` of port-for 0.4 reads it: null for `-1`, a random
 * good port for nothing (`''` too), one exact port (`8080` or `'8080'`) unchecked, else a random free one of those
 * named. Prefer its other name, `portFromSetting`: the npm package get-port has a `getPort` that picks a free port, as
 * {@link selectRandom} does here.
 *
 * @param spec the setting; `null` and `''` count as nothing
 * @param options exclusions, host and transport of a random pick
 * @throws NoFreePortError when every candidate is used. TypeError or RangeError for a setting that means no ports.
 */
export async function getPort(spec?: PortSpec | null, options: GetPortOptions = {}): Promise<number | null> {
  const exact = exactPort(spec);
  return exact === undefined ? selectRandom({ ...options, ports: candidates(spec) }) : exact;
}

/**
 * {@link getPort} at once; also named `portFromSettingSync`.
 * @param spec the setting
 * @param options as of {@link getPort}; `host` must be an IP address or `localhost`
 */
export function getPortSync(spec?: PortSpec | null, options: GetPortSyncOptions = {}): number | null {
  const exact = exactPort(spec);
  return exact === undefined ? selectRandomSync({ ...options, ports: candidates(spec) }) : exact;
}

/**
 * `count` different free ports, 1 to 65535, in random order, each probed on its own; all of them or an error.
 *
 * @param count how many, 1 to 65535
 * @param options the candidates, exclusions, host, transport and signal; the good TCP ports by default
 * @throws NoFreePortError when fewer candidates than `count` are free.
 */
export async function allocate(count: number, options: PickOptions = {}): Promise<number[]> {
  return (await pick(checkCount(count), options, false)).ports;
}

/**
 * {@link allocate} at once.
 * @param count how many, 1 to 65535
 * @param options as of {@link allocate}; `host` must be an IP address or `localhost`
 */
export function allocateSync(count: number, options: PickSyncOptions = {}): number[] {
  return pickSync(checkCount(count), options, false).ports;
}

/** What get-port, detect-port and portfinder take: an object, which would be no setting here. */
const OTHERS_OPTIONS = ['port', 'host', 'exclude', 'reserve', 'stopPort', 'hostname'];

function checkSetting(spec: unknown): void {
  if (typeof spec !== 'object' || spec === null || Symbol.iterator in spec || 'low' in spec) return;
  if (!Object.keys(spec).some((name) => OTHERS_OPTIONS.includes(name))) return;
  const { port, host } = spec as { port?: unknown; host?: unknown };
  const wanted = [
    ...(port === undefined ? [] : [`ports: ${toCode(port)}`]),
    ...(host === undefined ? [] : [`host: ${toCode(host)}`]),
  ];
  const call = wanted.length === 0 ? '' : `{ ${wanted.join(', ')} }`;
  throw invalidType(
    'spec',
    `a setting such as 8080, '8000-8100' or -1; for a free port call lease(${call}), or selectRandom(${call})`,
    spec,
  );
}

function toCode(value: unknown): string {
  if (value !== null && typeof value === 'object' && Symbol.iterator in value) {
    const ports = [...(value as Iterable<unknown>)];
    const [first, last] = [ports[0], ports.at(-1)];
    return ports.length > 5 ? `'${first}-${last}'` : `[${ports.map(toCode).join(', ')}]`;
  }
  return typeof value === 'string' ? `'${value}'` : `${value}`;
}

/** What `getPort` returns without a look at the kernel; undefined where it has to choose. */
function exactPort(spec: PortSpec | null | undefined): number | null | undefined {
  checkSetting(spec);
  if (spec === -1 || (typeof spec === 'string' && spec.trim() === '-1')) return null;
  if (typeof spec === 'number') return checkPort(spec);
  if (typeof spec === 'string' && /^\s*\d+\s*$/.test(spec)) return parsePort(spec.trim());
  return undefined;
}

/** Nothing, also as the text of a variable that is set to nothing, means the good ports. */
function candidates(spec: PortSpec | null | undefined): PortSpec | undefined {
  return typeof spec === 'string' && spec.trim() === '' ? undefined : (spec ?? undefined);
}

export { getPort as portFromSetting, getPortSync as portFromSettingSync };
