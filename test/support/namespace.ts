import { type SpawnSyncReturns, spawnSync } from 'node:child_process';

/** Why no network namespace can be made here; false where one can, as `skip` takes it. */
export function namespaceIsMissing(): string | false {
  const made = spawnSync('unshare', ['--net', 'true']);
  return made.status === 0 ? false : 'needs root and unshare (Linux) for a network namespace';
}

/**
 * Runs a TypeScript program, with the loaders of this one, in a network namespace of its own, whose settings it may
 * change as it likes.
 */
export function runInNamespace(program: string, ...args: string[]): SpawnSyncReturns<string> {
  return spawnSync('unshare', ['--net', process.execPath, ...process.execArgv, program, ...args], {
    encoding: 'utf8',
    timeout: 120_000,
  });
}
