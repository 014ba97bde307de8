import t from 'tap';
import { grouped } from '../../lib/ports/grouped';

t.test('thousands are apart, as English has them', (t) => {
  for (const count of [0, 7, 999, 1000, 12_345, 65_536, 999_999, 1_000_000, 1_234_567_890]) {
    t.equal(grouped(count), count.toLocaleString('en'));
  }
  t.end();
});
