import { invalidType } from '../arguments/invalid-argument';
import { HostPort } from './host-port';

/** One place to wait for: `'localhost:8080'`, a {@link HostPort}, `{ host, port }` or `[host, port]`. */
export type Target =
  | string
  | { readonly host: string; readonly port: number }
  | readonly [host: string, port: number];

/** One target, or any iterable of them. */
export type Targets = Target | Iterable<Target>;

/** Reads one target; throws a `TypeError` or `RangeError` that names the value. */
export function toHostPort(target: Target): HostPort {
  if (target instanceof HostPort) return target;
  if (typeof target === 'string') return HostPort.parse(target);
  if (isPair(target)) return new HostPort(target[0], target[1]);
  if (typeof target === 'object' && target !== null && 'host' in target && 'port' in target) {
    return new HostPort(target.host, target.port);
  }
  throw invalidType('target', '"host:port", { host, port } or [host, port]', target);
}

/** Reads what the caller names, one target or many. `['localhost', 8080]` is one. */
export function toHostPorts(targets: Targets): HostPort[] {
  if (typeof targets === 'object' && targets !== null && Symbol.iterator in targets && !isPair(targets)) {
    return Array.from(targets, toHostPort);
  }
  return [toHostPort(targets)];
}

function isPair(value: unknown): value is readonly [string, number] {
  return Array.isArray(value) && value.length === 2 && typeof value[1] === 'number';
}
