import t, { type Test } from 'tap';
import { describeProgress, ProgressLine } from '../../lib/cli/scanning/progress-line';

const CLEAR_LINE = '\r\u001b[2K';

/** What the line writes to a terminal of that many columns. */
function written(t: Test, columns: number | undefined, isTTY = true): string[] {
  const { stderr } = process;
  for (const [name, value] of Object.entries({ columns, isTTY })) {
    const own = Object.getOwnPropertyDescriptor(stderr, name);
    Object.defineProperty(stderr, name, { value, configurable: true, writable: true });
    t.teardown(() => {
      delete (stderr as unknown as Record<string, unknown>)[name];
      if (own !== undefined) Object.defineProperty(stderr, name, own);
    });
  }
  const writes = t.capture(stderr, 'write', () => true);
  const line = new ProgressLine();
  line.show({ done: 50, total: 100, asked: 60 });
  line.clear();
  const texts = writes().map(({ args: [text] }) => String(text));
  writes.restore();
  return texts;
}

t.test('the line fits its terminal, and is gone at the end', (t) => {
  t.strictSame(written(t, 80), [`${CLEAR_LINE}60 asked, 50 answered`, CLEAR_LINE]);
  t.strictSame(written(t, 10), [`${CLEAR_LINE}60 asked,`, CLEAR_LINE]);
  t.strictSame(written(t, undefined, false), [], 'where there is no terminal there is none');
  t.end();
});

t.test('it moves where nobody answers, and tells the time that is left', (t) => {
  const cases: [progress: [done: number, asked: number], elapsed: number, text: string][] = [
    [[0, 0], 10, '0 asked, 0 answered'],
    [[500, 500], 1000, '500 asked, 500 answered, 1 s left'],
    [[0, 500], 1000, '500 asked, 0 answered, 3 s left'],
    [[0, 1500], 3000, '1,000 asked, 0 answered, 1 s left'],
    [[100, 1000], 2000, '1,000 asked, 100 answered, 2 s left'],
  ];
  for (const [[done, asked], elapsed, text] of cases) {
    t.equal(describeProgress({ done, asked, total: 1000 }, elapsed), text);
  }
  t.end();
});
