import * as fs from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { rewriteInPlace } from '../../lib/store/rewrite-in-place';

function openFile(t: Test, content: string): { fd: number; read: () => string } {
  const path = join(t.testdir({ file: content }), 'file');
  const fd = fs.openSync(path, 'r+');
  t.teardown(() => fs.closeSync(fd));
  return { fd, read: () => fs.readFileSync(path, 'utf8') };
}

const CHANGES: [name: string, before: string, after: string][] = [
  ['longer', '[DEFAULT]\na = 1\n', '[DEFAULT]\na = 1\nb = 2\n'],
  ['shorter', '[DEFAULT]\na = 1\nbb = 22\nc = 3\n', '[DEFAULT]\na = 1\nc = 3\n'],
  ['of the same length', 'a = 1\n', 'b = 2\n'],
  ['from nothing', '', '[DEFAULT]\na = 1\n'],
  ['to nothing', 'a = 1\n', ''],
  ['without a last line end', 'a = 1', 'a = 1\nb = 2'],
];

for (const [name, before, after] of CHANGES) {
  t.test(`a file is rewritten: ${name}`, async (t) => {
    const { fd, read } = openFile(t, before);
    rewriteInPlace(fd, Buffer.from(before), Buffer.from(after));
    t.equal(read(), after);
  });

  t.test(`the old content is back after any step has failed: ${name}`, async (t) => {
    for (let failing = 1; failing <= countSteps(t, before, after); failing++) {
      const { fd, read } = openFile(t, before);
      t.throws(() => failingAt(t, failing)(fd, Buffer.from(before), Buffer.from(after)), { code: 'EIO' });
      t.equal(read(), before, `step ${failing}`);
    }
  });

  t.test(`between any two steps the file ends with whole lines: ${name}`, async (t) => {
    const { fd, read } = openFile(t, before);
    const seen: string[] = [];
    watching(t, () => seen.push(read()))(fd, Buffer.from(before), Buffer.from(after));
    for (const content of seen)
      t.ok([before.trimEnd(), after.trimEnd()].includes(content.trimEnd()), content);
  });
}

type Step = 'writeSync' | 'ftruncateSync' | 'fsyncSync';

/** The function with `before` called ahead of every call that changes the file. */
function intercepted(t: Test, before: (step: Step) => void): typeof rewriteInPlace {
  const intercept =
    <A extends unknown[], R>(step: Step, call: (...args: A) => R) =>
    (...args: A): R => {
      before(step);
      return call(...args);
    };
  const mocked = {
    ...fs,
    writeSync: intercept('writeSync', (...args: Parameters<typeof fs.writeSync>) => fs.writeSync(...args)),
    ftruncateSync: intercept('ftruncateSync', fs.ftruncateSync),
    fsyncSync: intercept('fsyncSync', fs.fsyncSync),
  };
  const path = '../../lib/store/rewrite-in-place';
  return t.mockRequire<typeof import('../../lib/store/rewrite-in-place')>(path, { 'node:fs': mocked })
    .rewriteInPlace;
}

const watching = (t: Test, look: () => void) => intercepted(t, look);

function failingAt(t: Test, failing: number): typeof rewriteInPlace {
  let step = 0;
  return intercepted(t, () => {
    step++;
    if (step === failing) throw Object.assign(new Error('broken disk'), { code: 'EIO', syscall: 'write' });
  });
}

function countSteps(t: Test, before: string, after: string): number {
  let steps = 0;
  const { fd } = openFile(t, before);
  intercepted(t, () => steps++)(fd, Buffer.from(before), Buffer.from(after));
  return steps;
}
