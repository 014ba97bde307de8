import t from 'tap';
import { readSeconds } from '../../../lib/cli/seeing/seconds';

t.test('seconds become milliseconds', (t) => {
  t.equal(readSeconds(undefined, '--timeout'), undefined);
  for (const [text, milliseconds] of [
    ['0', 0],
    ['1.5', 1500],
    ['.25', 250],
    ['Infinity', Infinity],
  ] as const)
    t.equal(readSeconds(text, '--timeout'), milliseconds);
  for (const text of ['', ' ', '-1', 'soon', 'NaN'])
    t.throws(() => readSeconds(text, '--timeout'), {
      message: `--timeout ${JSON.stringify(text)} is no time: expected a number of seconds`,
    });
  t.end();
});
