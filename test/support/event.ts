import { type EventEmitter, once } from 'node:events';

/** What an emitter tells next, for which the process stays alive, for ten seconds at most. */
export async function event(emitter: EventEmitter, name: string): Promise<unknown[]> {
  const limit = AbortSignal.timeout(10_000);
  const alive = setInterval(() => {}, 1000);
  try {
    return await once(emitter, name, { signal: limit });
  } finally {
    clearInterval(alive);
  }
}
