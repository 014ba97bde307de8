import { checkScope } from '../link-local';
import { clientHost } from './client-host';

/** The addresses of a host, or why it has none. */
export type Resolution = { readonly addresses: readonly string[] } | { readonly error: Error };

/**
 * Both loopbacks, whatever the resolver knows: RFC 6761 reserves the name for them, and many a hosts file lists one
 * alone. Where a family is off, its loopback refuses.
 */
const LOCALHOST = ['127.0.0.1', '::1'];

/** The addresses of a host that needs no resolver: `localhost`, a wildcard, an address. Undefined for a name. */
export function knownAddresses(host: string): readonly string[] | undefined {
  if (/^localhost\.?$/i.test(host)) return LOCALHOST;
  const { isIP } = require('node:net') as typeof import('node:net');
  return isIP(host) === 0 ? undefined : [checkScope(unmapped(clientHost(host)))];
}

/** An IPv4 address in IPv6 form is dialled as IPv4, which works where IPv6 is off too. */
function unmapped(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

type Listener = (resolution: Resolution) => void;

/**
 * Lookups run in libuv's thread pool, which lets half of its threads (rounded up) resolve names and keeps the rest for
 * files. One of those is left to the rest of the process, whose lookups then never queue behind ours.
 */
const MOST_AT_ONCE = Math.max(1, Math.ceil((Number(process.env.UV_THREADPOOL_SIZE) || 4) / 2) - 1);

/** The lookups that are asked for, one a name, in the order in which they were. */
const asked = new Map<string, Set<Listener>>();
const waiting: string[] = [];
let underWay = 0;

/**
 * Asks the system's resolver for all addresses of a name. A name that is asked for while its lookup is under way
 * shares the answer. Returns a function that withdraws the question; a lookup under way can not be stopped.
 */
export function resolveName(name: string, listener: Listener): () => void {
  let listeners = asked.get(name);
  if (listeners === undefined) {
    listeners = new Set();
    asked.set(name, listeners);
    waiting.push(name);
  }
  listeners.add(listener);
  startLookups();
  return () => asked.get(name)?.delete(listener);
}

/** How many lookups keep the process from ending on its own. */
export function lookupsUnderWay(): number {
  return underWay;
}

function startLookups(): void {
  while (underWay < MOST_AT_ONCE) {
    const name = waiting.shift();
    if (name === undefined) return;
    if (asked.get(name)?.size === 0) asked.delete(name);
    else lookUp(name);
  }
}

function lookUp(name: string): void {
  const { lookup } = require('node:dns') as typeof import('node:dns');
  underWay++;
  lookup(name, { all: true }, (error, found) => {
    underWay--;
    const listeners = asked.get(name) ?? [];
    asked.delete(name);
    startLookups();
    const resolution = error === null ? { addresses: unique(found) } : { error };
    for (const listener of listeners) listener(resolution);
  });
}

function unique(found: readonly { address: string }[]): string[] {
  return [...new Set(found.map(({ address }) => unmapped(clientHost(address))))];
}
