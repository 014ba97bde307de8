import t from 'tap';
import { goodRuns, longestFirst, longRuns, subtractRanges } from '../../lib/ports/port-runs';
import { PortSet } from '../../lib/ports/port-set';

const ranges = (text: string) => new PortSet(text).ranges();

t.test('a run counts from its least length on, and loses its borders', async (t) => {
  t.strictSame(goodRuns(ranges('100-125,200-226'), 20, 3), [{ low: 203, high: 223 }]);
  t.strictSame(goodRuns(ranges('100-125,200-226'), 19, 3).length, 2);
  t.strictSame(goodRuns(ranges('7'), 0, 0), [{ low: 7, high: 7 }]);
  t.strictSame(goodRuns(ranges('5-9'), 0, 2), [{ low: 7, high: 7 }]);
  t.strictSame(goodRuns(ranges('5-8'), 0, 2), []);
  t.strictSame(goodRuns(ranges('1-65535'), 65534, 0), ranges('1-65535'));
  t.strictSame(goodRuns(ranges('1-65535'), 65535, 0), []);
});

t.test('good runs come longest first, equal ones from the highest down', async (t) => {
  t.strictSame(
    longestFirst(goodRuns(ranges('10-12,20-25,30-32,40-45'), 0, 1)).map(({ low }) => low),
    [41, 21, 31, 11],
  );
});

t.test('long runs keep their order and their borders', async (t) => {
  t.strictSame(longRuns(ranges('10-12,20-36,50-59'), 5, 2), ranges('20-36,50-59'));
});

t.test('subtracting cuts, splits and drops ranges', async (t) => {
  const left = (text: string) => new PortSet(subtractRanges(ranges('10-20,30-40'), ranges(text))).toString();
  t.equal(left('1-9,21-29,41'), '10-20,30-40');
  t.equal(left('10,40'), '11-20,30-39');
  t.equal(left('15'), '10-14,16-20,30-40');
  t.equal(left('20-30'), '10-19,31-40');
  t.equal(left('10-20'), '30-40');
  t.equal(left('5-50'), '');
  t.equal(left('12-13,15-17,35-65535'), '10-11,14,18-20,30-34');
});
