import t from 'tap';
import { identify } from '../../lib/pool/owner-process';
import { PortSet } from '../../lib/ports/port-set';
import { Grants } from '../../lib/serve/grants';

const skip = process.platform === 'linux' ? false : 'only Linux tells when a process began';

t.test('ports come back from processes that have ended, all of them', { skip }, (t) => {
  const grants = new Grants();
  const pool = new PortSet('20001-20005');
  const living = identify(process.pid);
  if (living === undefined) throw new Error('this process is not there');
  const earlier = { pid: process.pid, startTicks: 1 };
  t.equal(grants.untilLook, 0);
  grants.add(20_001, living);
  t.equal(grants.collect(), false);
  t.ok(grants.untilLook > 0 && grants.untilLook <= 20);
  for (const port of [20_002, 20_003, 20_004]) grants.add(port, earlier);
  t.equal(grants.size, 4);
  t.equal(`${grants.removeFrom(pool)}`, '20005');
  t.equal(grants.collect(), true, 'an earlier process of the same number has ended');
  t.equal(grants.size, 1);
  t.equal(`${grants.removeFrom(pool)}`, '20002-20005');
  t.equal(grants.collect(), false);
  t.end();
});
