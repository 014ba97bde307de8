import '../support/alone';

import t from 'tap';
import { NO_PYTHON } from '../support/python';
import { torture } from '../support/torture';

const NO_PROC: string | false = process.platform === 'linux' ? NO_PYTHON : 'owners are told on Linux';

t.test(
  'listeners with ten clients and a parent are stopped, and nobody else',
  { skip: NO_PROC },
  async (t) => {
    t.match(await torture('stop/listeners', { stops: 5 }), { faults: [], stopped: 5 });
  },
);
