import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { addon } from '../../lib/native';
import { close, HOSTS, listen, portOf, reservePort } from '../support/listen';

type Watch = typeof addon.watchListeners;

const ABSENT: Record<string, Watch> = {
  'a socket table': (_, onChange) => {
    setImmediate(() => onChange(undefined));
    return { hurry: () => {}, stop: () => {} };
  },
  'a thread for it': () => undefined,
  'an addon': () => {
    throw new Error('cannot open shared object file');
  },
};

/** The waits on a system whose addon has no socket table. */
function without(t: Test, watch: Watch) {
  let watches = 0;
  const watchListeners: Watch = (...words) => {
    watches++;
    return watch(...words);
  };
  const native = { addon: { isLocalAddress: addon.isLocalAddress, watchListeners } };
  const waits = t.mockRequire<typeof import('../../lib/wait/wait')>('../../lib/wait/wait', {
    '../../lib/native': native,
  });
  return { ...waits, watches: () => watches };
}

for (const [name, watch] of Object.entries(ABSENT)) {
  t.test(`without ${name}, connections alone tell`, async (t) => {
    const { free, occupied, watches } = without(t, watch);
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
    t.ok(watches() > 0);
  });
}
