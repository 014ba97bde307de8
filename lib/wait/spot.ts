import { isLocalAddress } from '../host/local-address';
import type { Dial } from './answer';
import { attempt, type Place } from './attempt';
import type { Spot } from './endpoint';
import type { WaitPlan } from './options';
import type { WaitTarget } from './target';

/** Plans that ask in a way of their own, by number: their tries are not shared with other waits. */
const numbers = new WeakMap<WaitPlan, number>();
let count = 0;

/** How a wait tries one address of its target, or the path of its Unix socket. */
export function spotOf(target: WaitTarget, address: string, plan: WaitPlan): Spot {
  const [how, dial] = ways(target, address, plan);
  const isUnix = target.port === undefined;
  return {
    key: how === '' ? `${address} ${target.port}` : `${address} ${target.port} ${target} ${numberOf(plan)}`,
    address,
    port: target.port ?? 0,
    isLocal: isUnix || isLocalAddress(address),
    isInTable: !isUnix && isLocalAddress(address),
    dial,
  };
}

/** How a target is tried; `''` for a bare connection, which all waits can share. */
function ways(target: WaitTarget, address: string, plan: WaitPlan): [how: '' | 'http' | 'connect', Dial] {
  const place = placeOf(target, address);
  // Nobody accepts where it is free, whatever would be spoken.
  if (plan.state === 'free') return ['', (limit, done) => attempt(place, limit, done)];
  const kind = 'kind' in target ? target.kind : 'tcp';
  if ('url' in target && target.url !== undefined) {
    const { url } = target;
    return [
      'http',
      (limit, done) => {
        const { attemptHttp } = require('./http-attempt') as typeof import('./http-attempt');
        return attemptHttp(url, place, limit, done, plan);
      },
    ];
  }
  if (kind !== 'tls' && plan.steady === 0) return ['', (limit, done) => attempt(place, limit, done)];
  const tls = kind === 'tls' ? tlsOf(target, plan) : undefined;
  return ['connect', (limit, done) => attempt(place, limit, done, { steady: plan.steady, tls })];
}

function tlsOf(target: WaitTarget, plan: WaitPlan) {
  const { tlsFor } = require('./http-attempt') as typeof import('./http-attempt');
  return tlsFor(target.host ?? '', plan.tls);
}

/** Where to connect. A name that begins with `@` is in Linux's abstract namespace (unix(7)). */
function placeOf({ port }: WaitTarget, address: string): Place {
  return port === undefined ? { path: address } : { host: address, port };
}

function numberOf(plan: WaitPlan): number {
  const known = numbers.get(plan) ?? ++count;
  numbers.set(plan, known);
  return known;
}
