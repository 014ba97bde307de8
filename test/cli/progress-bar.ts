import t, { type Test } from 'tap';
import { ProgressBar } from '../../lib/cli/scanning/progress-bar';

const CLEAR_LINE = '\r\u001b[2K';

/** What the bar writes to a terminal of that many columns, half way. */
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
  const bar = new ProgressBar();
  bar.show({ done: 50, total: 100 });
  bar.clear();
  const texts = writes().map(({ args: [text] }) => String(text));
  writes.restore();
  return texts;
}

t.test('the bar fits on its line, and is gone at the end', (t) => {
  t.strictSame(written(t, 80), [`${CLEAR_LINE}[${'#'.repeat(20)}${'.'.repeat(20)}] 50 %`, CLEAR_LINE]);
  t.strictSame(written(t, 29), [`${CLEAR_LINE}[${'#'.repeat(10)}${'.'.repeat(10)}] 50 %`, CLEAR_LINE]);
  t.strictSame(written(t, 5), [`${CLEAR_LINE}[] 50 %`, CLEAR_LINE]);
  t.end();
});

t.test('where there is no terminal there is no bar', (t) => {
  t.strictSame(written(t, undefined, false), []);
  t.end();
});
