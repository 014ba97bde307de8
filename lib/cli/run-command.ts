import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { addon } from '../addon/addon';
import { CommandError } from './command-error';
import { EXIT } from './exit-code';

/** How a command is run. */
export interface RunSettings {
  /** What is set in its environment. */
  readonly variables: Record<string, string>;
  /** What it inherits besides our standard streams, and from which number on. */
  readonly descriptors?: { readonly first: number; readonly fds: readonly number[] } | undefined;
  /** Whether LISTEN_PID is set to its own number. */
  readonly tellsPid?: boolean | undefined;
}

/**
 * Runs a command with our standard streams to its end, and gives its exit code, or 128 and the number of the signal
 * that ended it. Signals sent to this process are passed on to it; those of the terminal (Ctrl-C) reach it anyway, and
 * once. Throws a {@link CommandError} when it cannot be started.
 */
export async function runCommand(words: readonly string[], settings: RunSettings): Promise<number> {
  const { spawn } = require('node:child_process') as typeof import('node:child_process');
  const [program = '', ...args] = settings.tellsPid ? tellingPid(words) : words;
  const options: SpawnOptions = { env: { ...process.env, ...settings.variables } };
  addon.catchSignals();
  // Windows has no relay; there Ctrl-C is for the command alone, which shares the console.
  if (process.platform === 'win32' && process.listenerCount('SIGINT') === 0) process.on('SIGINT', () => {});
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(toCommandError(error, program));
    try {
      const { file, args: words, ...how } = findCommand(program, args);
      const child = start((stdio) => spawn(file, words, { ...options, ...how, stdio }), settings);
      child.once('error', fail);
      child.once('exit', (code, signal) => {
        addon.endSignalRelay();
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
      });
      if (child.pid !== undefined) addon.relaySignalsTo(child.pid);
    } catch (error) {
      fail(error);
    }
  });
}

/**
 * Starts a command. A limit of open files (ulimit -n) below the descriptors that it was to inherit makes the start fail
 * with EINVAL. Where these only keep ports held, it is started without: this process holds them too.
 */
function start(
  spawnCommand: (stdio: NonNullable<SpawnOptions['stdio']>) => ChildProcess,
  settings: RunSettings,
) {
  try {
    return spawnCommand(inherited(settings.descriptors));
  } catch (error) {
    const isBeyondLimit = error instanceof Error && 'code' in error && error.code === 'EINVAL';
    if (!isBeyondLimit || settings.descriptors === undefined || settings.tellsPid) throw error;
    return spawnCommand(inherited(undefined));
  }
}

function findCommand(program: string, args: readonly string[]) {
  if (process.platform !== 'win32') return { file: program, args };
  const { windowsCommand } = require('./windows-command') as typeof import('./windows-command');
  return windowsCommand(program, args);
}

function inherited(descriptors: RunSettings['descriptors']): NonNullable<SpawnOptions['stdio']> {
  const streams = ['inherit', 'inherit', 'inherit'] as const;
  if (descriptors === undefined) return [...streams];
  // What is left out is not opened at all beyond the standard streams.
  const gap = Array<'ignore'>(descriptors.first - streams.length).fill('ignore');
  return [...streams, ...gap, ...descriptors.fds];
}

/** A process learns its number only when it is there: a shell tells it, and becomes the command. */
function tellingPid(words: readonly string[]): string[] {
  const [program = ''] = words;
  if (!program.includes('/') && !isInPath(program)) throw toCommandError(notFound(), program);
  return ['/bin/sh', '-c', 'LISTEN_PID=$$ exec "$@"', 'sh', ...words];
}

function notFound(): Error {
  return Object.assign(new Error('not found'), { code: 'ENOENT' });
}

/** Why a program could not be started, in words and as an exit code. */
export function toCommandError(error: unknown, program: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const [exitCode, why] = explain(String(error.code), program) ?? [EXIT.cannotRun, error.message];
  return new CommandError(exitCode, `cannot run ${JSON.stringify(program)}: ${why}`, { cause: error });
}

const NOT_FOUND: [number, string] = [EXIT.notFound, 'command not found: check its spelling and PATH'];

function isInPath(program: string): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)));
}

function explain(code: string, program: string): [exitCode: number, why: string] | undefined {
  switch (code) {
    case 'ENOENT':
      return program.includes('/') && existsSync(program)
        ? [EXIT.cannotRun, 'the interpreter in its first line is missing (ENOENT)']
        : NOT_FOUND;
    case 'EACCES':
    case 'EPERM':
      // A folder of PATH that may not be searched is no file that may not be run.
      if (!program.includes('/') && !isInPath(program)) return NOT_FOUND;
      return [EXIT.cannotRun, `permission denied (${code}): make it executable (chmod +x)`];
    case 'EAGAIN':
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
      return [EXIT.failed, `the system has no room for another process (${code})`];
    default:
      return undefined;
  }
}
