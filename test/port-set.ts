import t from 'tap';
import { PortSet } from '../lib/port-set';

t.test('a set holds what its specification names, in ascending order', async (t) => {
  const set = new PortSet(['9000', 8002, { low: 8000, high: 8001 }, new PortSet('65535'), [1]]);
  t.strictSame([...set], [1, 8000, 8001, 8002, 9000, 65535]);
  t.equal(set.size, 6);
  t.equal(set.has(8001), true);
  t.equal(set.has(8003), false);
  t.equal(set.has(-1), false);
  t.equal(set.has(70000), false);
  t.equal(set.has(1.5), false);
  t.equal(set.toString(), '1,8000-8002,9000,65535');
  t.equal(JSON.stringify(new PortSet('7-9')), '[7,8,9]');
});
