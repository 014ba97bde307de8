import * as fs from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { settle, writeJournal } from '../../lib/store/journal';
import { rewriteInPlace } from '../../lib/store/rewrite-in-place';

function openFile(t: Test, content: string | Buffer): { fd: number; read: () => Buffer } {
  const path = join(t.testdir({ file: '' }), 'file');
  fs.writeFileSync(path, content);
  const fd = fs.openSync(path, 'r+');
  t.teardown(() => fs.closeSync(fd));
  return { fd, read: () => fs.readFileSync(path) };
}

const LONG = Array.from({ length: 2000 }, (_, index) => `name-${index} = ${10_000 + index}\n`).join('');

const CHANGES: [name: string, before: string, after: string][] = [
  ['longer', '[DEFAULT]\na = 1\n', '[DEFAULT]\na = 1\nb = 2\n'],
  ['shorter', '[DEFAULT]\na = 1\nbb = 22\nc = 3\n', '[DEFAULT]\na = 1\nc = 3\n'],
  ['of the same length', 'a = 1\n', 'b = 2\n'],
  ['from nothing', '', '[DEFAULT]\na = 1\n'],
  ['to nothing', 'a = 1\n', ''],
  ['without a last line end', 'a = 1', 'a = 1\nb = 2'],
  ['long, at its begin', `[DEFAULT]\nfirst = 1\n${LONG}`, `[DEFAULT]\n${LONG}`],
  ['long, at its end', `[DEFAULT]\n${LONG}`, `[DEFAULT]\n${LONG}last = 9\n`],
];

for (const [name, before, after] of CHANGES) {
  const rewrite = (as: typeof rewriteInPlace, fd: number) => as(fd, Buffer.from(before), Buffer.from(after));

  t.test(`a file is rewritten: ${name}`, async (t) => {
    const { fd, read } = openFile(t, before);
    rewrite(rewriteInPlace, fd);
    t.equal(read().toString(), after);
  });

  t.test(`the old content is back after any step has failed: ${name}`, async (t) => {
    // The last two steps come when all is done.
    for (let failing = 1; failing <= countSteps(t, before, after) - 2; failing++) {
      const { fd, read } = openFile(t, before);
      t.throws(() => rewrite(failingAt(failing), fd), { code: 'EIO' });
      t.equal(read().toString(), before, `step ${failing}`);
    }
  });

  t.test(`between any two steps the file is the old one or the new: ${name}`, async (t) => {
    const { fd, read } = openFile(t, before);
    const seen: string[] = [];
    rewrite(
      intercepted(() => seen.push(settle(read()).toString())),
      fd,
    );
    t.ok(seen.length >= 6);
    for (const content of seen) t.ok(content === before || content === after);
  });

  t.test(`a kill at any byte loses nothing, and the next writer goes on: ${name}`, async (t) => {
    const total = countBytes(t, before, after);
    const sizes = new Set<string>();
    for (let alive = 0; alive < total; alive += Math.max(1, Math.floor(total / 60))) {
      const { fd, read } = openFile(t, before);
      t.throws(() => rewrite(killedAfter(alive), fd), { code: 'DEAD' });
      const content = settle(read()).toString();
      sizes.add(content === before ? 'before' : content === after ? 'after' : content);
      const next = `${after}# and more\n`;
      intercepted(() => {})(fd, read(), Buffer.from(next));
      if (read().toString() !== next) t.fail(`after ${alive} bytes the next writer was lost`);
    }
    t.ok(
      [...sizes].every((content) => content === 'before' || content === 'after' || isNearly(content, before)),
    );
    t.ok(sizes.has('before'));
  });
}

/** A first line of a journal that was cut stays as a comment: the file means what it did. */
function isNearly(content: string, before: string): boolean {
  return content.startsWith(before) && /^\n*#?:? ?[\d a-f]*$/.test(content.slice(before.length));
}

t.test('what is done is on the disk in the end, and each step before the next', async (t) => {
  const steps: string[] = [];
  const { fd } = openFile(t, 'a = 1\n');
  intercepted((step) => steps.push(step))(fd, Buffer.from('a = 1\n'), Buffer.from('b = 22\n'));
  t.strictSame(steps, ['writeSync', 'fsyncSync', 'writeSync', 'fsyncSync', 'ftruncateSync', 'fsyncSync']);
});

t.test('the old content is on the disk again after a step has failed', async (t) => {
  for (const failing of [3, 4]) {
    const steps: string[] = [];
    const { fd, read } = openFile(t, 'a = 1\n');
    const rewrite = intercepted((step) => {
      if (steps.push(step) === failing) throw Object.assign(new Error('broken disk'), { code: 'EIO' });
    });
    t.throws(() => rewrite(fd, Buffer.from('a = 1\n'), Buffer.from('b = 22\n')), { code: 'EIO' });
    t.strictSame(steps.slice(failing), ['writeSync', 'ftruncateSync', 'fsyncSync']);
    t.equal(read().toString(), 'a = 1\n');
  }
});

t.test(
  'what a killed writer began is finished, and on the disk, before anything else is written',
  async (t) => {
    const before = Buffer.from('a = 1\n');
    const journal = writeJournal(before, { start: 0, bytes: Buffer.from('b\n') });
    const { fd, read } = openFile(t, Buffer.concat([before, journal]));
    const steps: string[] = [];
    const seen: string[] = [];
    const rewrite = intercepted((step) => {
      steps.push(step);
      seen.push(read().toString());
    });
    rewrite(fd, read(), Buffer.from('b\nc\n'));
    t.strictSame(steps.slice(0, 4), ['writeSync', 'fsyncSync', 'ftruncateSync', 'fsyncSync']);
    t.equal(seen[4], 'b\n');
    t.equal(read().toString(), 'b\nc\n');
  },
);

t.test('a system that writes only some bytes at once loses none', async (t) => {
  const [before, after] = ['[DEFAULT]\na = 1\nb = 2\n', '[DEFAULT]\nb = 2\nccc = 333\n'];
  const { fd, read } = openFile(t, before);
  const writeSome: Write = (fd, bytes, offset, length, position) =>
    fs.writeSync(fd, bytes, offset, Math.min(length, 7), position);
  const seen: string[] = [];
  const look = () => seen.push(settle(read()).toString());
  intercepted(look, writeSome)(fd, Buffer.from(before), Buffer.from(after));
  t.equal(read().toString(), after);
  t.strictSame(
    seen.filter((content) => content !== before && content !== after && !isNearly(content, before)),
    [],
  );
});

type Step = 'writeSync' | 'ftruncateSync' | 'fsyncSync';
type Write = (fd: number, bytes: Buffer, offset: number, length: number, position: number) => number;

/** What the module does of the file system, as the test at hand has it. Nothing is flushed: that takes long. */
const hooks: { before: (step: Step) => void; write: Write } = { before: () => {}, write: fs.writeSync };

const hooked = t.mockRequire<typeof import('../../lib/store/rewrite-in-place')>(
  '../../lib/store/rewrite-in-place',
  {
    'node:fs': {
      ...fs,
      writeSync: (...words: Parameters<Write>) => {
        hooks.before('writeSync');
        return hooks.write(...words);
      },
      ftruncateSync: (fd: number, length: number) => {
        hooks.before('ftruncateSync');
        fs.ftruncateSync(fd, length);
      },
      fsyncSync: () => hooks.before('fsyncSync'),
    },
  },
);

/** The function with `before` called ahead of every call that changes the file. */
function intercepted(before: (step: Step) => void, write: Write = fs.writeSync): typeof rewriteInPlace {
  return (...words) => {
    Object.assign(hooks, { before, write });
    hooked.rewriteInPlace(...words);
  };
}

function failingAt(failing: number): typeof rewriteInPlace {
  let step = 0;
  return intercepted(() => {
    step++;
    if (step === failing) throw Object.assign(new Error('broken disk'), { code: 'EIO', syscall: 'write' });
  });
}

/** The function in a process that is killed when so many bytes are written: nothing is cleared up. */
function killedAfter(bytes: number): typeof rewriteInPlace {
  let left = bytes;
  const die = () => {
    throw Object.assign(new Error('killed'), { code: 'DEAD' });
  };
  return intercepted(
    () => {
      if (left < 0) die();
    },
    (fd, buffer, offset, length, position) => {
      const count = Math.min(length, left);
      left -= length;
      const written = fs.writeSync(fd, buffer, offset, count, position);
      return left < 0 ? die() : written;
    },
  );
}

function countSteps(t: Test, before: string, after: string): number {
  let steps = 0;
  const { fd } = openFile(t, before);
  intercepted(() => steps++)(fd, Buffer.from(before), Buffer.from(after));
  return steps;
}

function countBytes(t: Test, before: string, after: string): number {
  let bytes = 0;
  const { fd } = openFile(t, before);
  const write = (...[fd, buffer, offset, length, position]: [number, Buffer, number, number, number]) => {
    bytes += length;
    return fs.writeSync(fd, buffer, offset, length, position);
  };
  intercepted(() => {}, write)(fd, Buffer.from(before), Buffer.from(after));
  return bytes;
}
