import { spawnSync } from 'node:child_process';
import t from 'tap';
import { NO_PYTHON } from '../support/python';
import { torture } from '../support/torture';

// The short forms. `npm run torture` runs the long ones.

t.test('writers that are killed lose nothing, and keep nobody waiting', { skip: NO_PYTHON }, async (t) => {
  t.strictSame((await torture('store/kills', { kills: 10 })).faults, []);
});

t.test('many processes keep what they were told, though some are killed', async (t) => {
  const settings = { processes: 10, together: 5, killed: 0.2, readers: 1 };
  t.strictSame((await torture('store/writers', settings)).faults, []);
});

const NO_STRACE =
  process.env.EMULATED_CC !== undefined
    ? 'strace meets the calls of the emulator too'
    : spawnSync('strace', ['-V']).status === 0
      ? false
      : 'needs strace, to make system calls fail';

t.test('a system call that fails loses nothing', { skip: NO_STRACE }, async (t) => {
  t.strictSame((await torture('store/failures', { calls: 3, share: 0.04 })).faults, []);
});
