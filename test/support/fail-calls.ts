import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

/** In an emulator Node.js has a compiler of its own, and its starter preloads for Node.js alone. */
const [COMPILER, PRELOAD] =
  process.env.EMULATED_CC === undefined
    ? (['cc', 'LD_PRELOAD'] as const)
    : ([process.env.EMULATED_CC, 'EMULATED_PRELOAD'] as const);

/** The settings of a process whose addon finds its calls of `syscall` fail, from the `first` to the `last`. */
export type FailCalls = (
  syscall: string,
  errno: keyof typeof constants.errno,
  first?: number,
  last?: number,
) => Record<string, string>;

/** Builds `fail-calls.c`; `skip` says why calls of the C library cannot be made to fail here. */
export function buildFailCalls(t: Test): { skip: string | false; failCalls: FailCalls } {
  const shim = join(t.testdir(), 'fail-calls.so');
  const skip =
    process.platform !== 'linux'
      ? 'only Linux has LD_PRELOAD'
      : build(shim)
        ? false
        : `needs ${COMPILER}, to make calls of the C library fail`;
  const failCalls: FailCalls = (syscall, errno, first = 1, last = 2 ** 31) => ({
    // Beside what is preloaded already, a sanitizer's library.
    [PRELOAD]: [process.env[PRELOAD], shim].filter(Boolean).join(':'),
    FAIL_CALLS: `${syscall} ${constants.errno[errno]} ${first}-${last}`,
  });
  return { skip, failCalls };
}

/** Whether there is a compiler; throws what it finds fault with. */
function build(shim: string): boolean {
  const source = join(__dirname, 'fail-calls.c');
  const { error, stderr } = spawnSync(COMPILER, ['-shared', '-fPIC', '-o', shim, source, '-ldl'], {
    encoding: 'utf8',
  });
  if (error === undefined && stderr !== '') throw new Error(stderr);
  return error === undefined;
}
