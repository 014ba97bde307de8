import { knownAddresses } from '../host/host';
import { type Resolution, resolveInTurn } from '../host/resolve';
import { LOOKUP, LOOKUP_PER_NAME, pause } from './pace';

type Listener = (resolution: Resolution) => void;

const watches = new Map<string, NameWatch>();

/**
 * Tells the addresses of a host, now and whenever a later lookup has an answer: a name may appear late, or move. For
 * a host that needs no resolver, `listener` is called once, before this returns. Returns what ends the watch.
 */
export function watchHost(host: string, listener: Listener): () => void {
  const addresses = knownAddresses(host);
  if (addresses !== undefined) {
    listener({ addresses });
    return () => {};
  }
  const watch = watches.get(host) ?? new NameWatch(host);
  watches.set(host, watch);
  watch.add(listener);
  return () => watch.delete(listener);
}

/** The lookups of one name, shared by all that wait for a port there. */
class NameWatch {
  private readonly listeners = new Set<Listener>();
  private since = 0;
  private timer: NodeJS.Timeout | undefined;
  private withdraw: (() => void) | undefined;

  constructor(private readonly name: string) {}

  add(listener: Listener): void {
    this.listeners.add(listener);
    this.since = performance.now();
    if (this.withdraw === undefined) this.ask();
  }

  delete(listener: Listener): void {
    this.listeners.delete(listener);
    if (this.listeners.size > 0) return;
    clearTimeout(this.timer);
    this.withdraw?.();
    watches.delete(this.name);
  }

  private ask(): void {
    clearTimeout(this.timer);
    this.withdraw = resolveInTurn(this.name, (resolution) => {
      this.withdraw = undefined;
      const pace = 'error' in resolution ? LOOKUP.failed : LOOKUP.found;
      const rest = Math.max(pause(pace, performance.now() - this.since), watches.size * LOOKUP_PER_NAME);
      this.timer = setTimeout(() => this.ask(), rest);
      for (const listener of [...this.listeners]) listener(resolution);
    });
  }
}
