import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { addon } from '../../lib/native';
import { close, HOSTS, listen, portOf, reservePort } from '../support/listen';

const ABSENT: Record<string, () => undefined> = {
  'a socket table': () => undefined,
  'a table that it may read': () => {
    throw new Error('EPERM');
  },
};

/** The waits on a system whose addon has no socket table. */
function without(t: Test, socketTable: () => undefined) {
  let sweeps = 0;
  const counted = () => {
    sweeps++;
    return socketTable();
  };
  const native = { addon: { isLocalAddress: addon.isLocalAddress, socketTable: counted } };
  const waits = t.mockRequire<typeof import('../../lib/wait/wait')>('../../lib/wait/wait', {
    '../../lib/native': native,
  });
  return { ...waits, sweeps: () => sweeps };
}

for (const [name, socketTable] of Object.entries(ABSENT)) {
  t.test(`without ${name}, connections alone tell`, async (t) => {
    const { free, occupied, sweeps } = without(t, socketTable);
    for (const host of HOSTS) {
      const port = reservePort(t);
      let isDone = false;
      const wait = occupied('localhost', port).then(() => {
        isDone = true;
      });
      await sleep(30);
      t.equal(isDone, false);
      const server = await listen(t, host, port);
      await wait;
      const end = free('localhost', portOf(server));
      await close(server);
      await end;
    }
    t.ok(sweeps() > 0);
  });
}
