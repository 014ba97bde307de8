import { type BigIntStats, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { Watch } from '../../lib/store/watch';

const WHOLE = '[DEFAULT]\nweb = 80\n';

/** What fstat says of a file with such a content, that was written so many ms ago and renamed some time later. */
function file(t: Test, text: string, age: number, renamedAfter = 0): [BigIntStats, Buffer] {
  const path = join(t.testdir({}), 'file');
  writeFileSync(path, text);
  const stat = statSync(path, { bigint: true });
  stat.mtimeNs = BigInt(Date.now() - age) * 1_000_000n;
  stat.ctimeNs = stat.mtimeNs + BigInt(renamedAfter) * 1_000_000n;
  return [stat, Buffer.from(text)];
}

const judge = (watch: Watch, [stat, content]: [BigIntStats, Buffer]) => watch.isSettled(stat, stat, content);

t.test('a file that was renamed into its place is whole at once', async (t) => {
  t.equal(judge(new Watch(), file(t, WHOLE, 0, 1)), true);
  t.equal(judge(new Watch(), file(t, 'without a line end', 0, 1)), true);
});

t.test('a file that has been written just now may not be whole', async (t) => {
  const pass = stopClocks(t);
  const recent = file(t, WHOLE, 2);
  const watch = new Watch();
  t.equal(judge(watch, recent), false);
  pass(15);
  t.equal(judge(watch, recent), true);
  t.equal(judge(new Watch(), file(t, WHOLE, 500)), true);
});

t.test('an empty file is not believed at first sight, whatever its times say', async (t) => {
  const times = [
    [0, 0],
    [3000, 0],
    [86_400_000, 0],
    [3000, 1],
    [86_400_000, 5000],
  ] as const;
  for (const [age, renamedAfter] of times) {
    t.equal(judge(new Watch(), file(t, '', age, renamedAfter)), false, `${age} ${renamedAfter}`);
  }
  const watch = new Watch();
  const empty = file(t, '', 5000);
  t.equal(judge(watch, empty), false);
  await setTimeout(110);
  t.equal(judge(watch, empty), true, 'but it is when it stays so');
});

t.test('half a line is not believed for two seconds', async (t) => {
  const pass = stopClocks(t);
  const watch = new Watch();
  const half = file(t, '[DEFAULT]\nweb = 8', 1000);
  t.equal(judge(watch, half), false);
  pass(110);
  t.equal(judge(watch, half), false);
  half[0].mtimeNs -= 2_000_000_000n;
  half[0].ctimeNs -= 2_000_000_000n;
  judge(watch, half);
  pass(110);
  t.equal(judge(watch, half), true);
});

/** A watch whose clocks run only when they are told to, by so many ms. */
function stopClocks(t: Test): (ms: number) => void {
  let time = BigInt(Date.now()) * 1_000_000n;
  t.intercept(Date, 'now', { value: () => Number(time / 1_000_000n) });
  t.intercept(process.hrtime, 'bigint', { value: () => time });
  return (ms) => {
    time += BigInt(ms) * 1_000_000n;
  };
}

t.test('a whole file is believed 10 ms after it was written, or seen unchanged', async (t) => {
  const pass = stopClocks(t);
  t.equal(judge(new Watch(), file(t, WHOLE, 9)), false);
  t.equal(judge(new Watch(), file(t, WHOLE, 10)), true);
  const watch = new Watch();
  const future = file(t, WHOLE, -3_600_000);
  t.equal(judge(watch, future), false);
  pass(9);
  t.equal(judge(watch, future), false);
  pass(1);
  t.equal(judge(watch, future), true);
});

t.test('half a line is believed after two seconds, or a glance at one that is as old', async (t) => {
  const pass = stopClocks(t);
  for (const text of ['', '[DEFAULT]\nweb = 8']) {
    const old = new Watch();
    const settled = file(t, text, 2000);
    t.equal(judge(old, settled), false);
    pass(99);
    t.equal(judge(old, settled), false);
    pass(1);
    t.equal(judge(old, settled), true);
    const recent = file(t, text, 1000);
    const watch = new Watch();
    for (const [ms, isSettled] of [
      [0, false],
      [999, false],
      [1, true],
    ] as const) {
      pass(ms);
      t.equal(judge(watch, recent), isSettled, `${ms}`);
    }
    const future = file(t, text, -3_600_000);
    for (const [ms, isSettled] of [
      [0, false],
      [1999, false],
      [1, true],
    ] as const) {
      pass(ms);
      t.equal(judge(watch, future), isSettled, `set back, ${ms}`);
    }
  }
});

t.test('a clock that was set back keeps nobody waiting', async (t) => {
  const watch = new Watch();
  const future = file(t, WHOLE, -3_600_000);
  t.equal(judge(watch, future), false);
  await setTimeout(15);
  t.equal(judge(watch, future), true);
});

t.test('a file that changes while it is read is not whole', async (t) => {
  const [before, content] = file(t, WHOLE, 5000, 1);
  for (const change of ['size', 'mtimeNs', 'ctimeNs', 'ino'] as const) {
    const after = Object.assign(Object.create(before), { [change]: before[change] + 1n });
    t.equal(new Watch().isSettled(before, after, content), false, change);
  }
  t.equal(new Watch().isSettled(before, before, content.subarray(1)), false, 'fewer bytes than it has');
});
