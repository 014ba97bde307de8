import t from 'tap';
import { NO_PYTHON } from '../support/python';
import { torture } from '../support/torture';

t.test('beside Python, which takes no lock, every name keeps its port', { skip: NO_PYTHON }, async (t) => {
  const { faults } = await torture('store/beside-python', { seconds: 8, pause: 0.05 });
  t.strictSame(faults, []);
});
