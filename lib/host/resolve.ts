import { readAddress } from './address';
import { unresolvedHost } from './errors';

/** The addresses of a name, each in its one spelling, or why it has none. */
export type Resolution = { readonly addresses: readonly string[] } | { readonly error: Error };

type Listener = (resolution: Resolution) => void;

/**
 * All addresses of a name, from the system's resolver, at once.
 *
 * @throws HostError for a name that does not resolve.
 */
export async function resolveNow(name: string): Promise<readonly string[]> {
  return addressesIn(await new Promise((resolve) => lookUp(name, resolve)), name);
}

/** The same in the queue of {@link resolveInTurn}. */
export async function resolveOnceInTurn(name: string): Promise<readonly string[]> {
  return addressesIn(await new Promise((resolve) => resolveInTurn(name, resolve)), name);
}

function addressesIn(resolution: Resolution, name: string): readonly string[] {
  if ('addresses' in resolution) return resolution.addresses;
  throw unresolvedHost(name, resolution.error);
}

/**
 * Lookups run in libuv's thread pool, which lets half of its threads (rounded up) resolve names and keeps the rest for
 * files. One of those is left to the rest of the process, whose lookups then never queue behind those of waits.
 */
const MOST_AT_ONCE = Math.max(1, Math.ceil((Number(process.env.UV_THREADPOOL_SIZE) || 4) / 2) - 1);

/** The names that are asked for, in the order in which they were. */
const asked = new Map<string, Set<Listener>>();
const waiting: string[] = [];
let underWay = 0;

/**
 * Asks for the addresses of a name when its turn comes: for those who ask for many, or again and again. A name that is
 * asked for while its lookup is under way shares the answer. Returns a function that withdraws the question; a lookup
 * under way can not be stopped.
 */
export function resolveInTurn(name: string, listener: Listener): () => void {
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

/** How many lookups of the queue keep the process from ending on its own. */
export function lookupsUnderWay(): number {
  return underWay;
}

function startLookups(): void {
  while (underWay < MOST_AT_ONCE) {
    const name = waiting.shift();
    if (name === undefined) return;
    if (asked.get(name)?.size === 0) asked.delete(name);
    else takeTurn(name);
  }
}

function takeTurn(name: string): void {
  underWay++;
  lookUp(name, (resolution) => {
    underWay--;
    const listeners = asked.get(name) ?? [];
    asked.delete(name);
    startLookups();
    for (const listener of listeners) listener(resolution);
  });
}

function lookUp(name: string, listener: Listener): void {
  const { lookup } = require('node:dns') as typeof import('node:dns');
  lookup(name, { all: true }, (error, found) => {
    listener(error === null ? { addresses: unique(found) } : { error });
  });
}

/** A hosts file may name an address twice, which cannot be bound twice. */
function unique(found: readonly { address: string }[]): string[] {
  return [...new Set(found.map(({ address }) => readAddress(address) ?? address))];
}
