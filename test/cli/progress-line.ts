import t, { type Test } from 'tap';
import { describeProgress, ProgressLine } from '../../lib/cli/scanning/progress-line';

const CLEAR_LINE = '\r\u001b[2K';

/** What the line writes to a terminal of that many columns. */
function written(
  t: Test,
  columns: number | undefined,
  isTTY = true,
  use = (line: ProgressLine) => {
    line.show({ done: 50, total: 100, asked: 60 });
    line.clear();
  },
): string[] {
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
  use(new ProgressLine());
  const texts = writes().map(({ args: [text] }) => String(text));
  writes.restore();
  return texts;
}

t.test('the line fits its terminal, and is gone at the end', (t) => {
  t.strictSame(written(t, 80), [`${CLEAR_LINE}60 asked, 50 answered`, CLEAR_LINE]);
  t.strictSame(written(t, 10), [`${CLEAR_LINE}60 asked,`, CLEAR_LINE]);
  t.strictSame(written(t, undefined, false), [], 'where there is no terminal there is none');
  const line = `${CLEAR_LINE}60 asked, 50 answered`;
  for (const unknown of [0, undefined]) t.equal(written(t, unknown)[0], line, 'of unknown width');
  t.end();
});

t.test('what was not shown is not cleared, nor twice', (t) => {
  const use = (line: ProgressLine) => {
    line.clear();
    line.show({ done: 0, total: 0, asked: 0 });
    line.clear();
    line.show({ done: 1, total: 2, asked: 1 });
    line.clear();
    line.clear();
  };
  t.strictSame(written(t, 80, true, use), [`${CLEAR_LINE}1 asked, 1 answered`, CLEAR_LINE]);
  t.end();
});

t.test('it moves where nobody answers, and tells the time that is left', (t) => {
  const cases: [progress: [done: number, asked: number], elapsed: number, text: string][] = [
    [[0, 0], 10, '0 asked, 0 answered'],
    [[0, 0], 1000, '0 asked, 0 answered'],
    [[500, 500], 499, '500 asked, 500 answered'],
    [[500, 500], 500, '500 asked, 500 answered, 1 s left'],
    [[600, 500], 1000, '500 asked, 600 answered, 1 s left'],
    [[900, 1500], 30_000, '1,000 asked, 900 answered, 0 s left'],
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
