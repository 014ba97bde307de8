import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { addon } from '../../lib/addon/addon';
import { close, HOSTS, listen, portOf, reservePort } from '../support/listen';

type Watch = typeof addon.watchListeners;

const ABSENT: Record<string, Watch> = {
  'a socket table': (_, onChange) => {
    const add = (id: number) => setImmediate(() => onChange([id, -1]));
    return { add, remove: () => {}, hurry: () => {}, stop: () => {} };
  },
  'a thread for it': () => undefined,
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
    '../../lib/addon/addon': native,
  });
  return { ...waits, watches: () => watches };
}

type Waits = typeof import('../../lib/wait/wait');

/** Waits at `localhost` for servers of each kind, and for their ends. */
async function judge(t: Test, { free, occupied }: Waits): Promise<void> {
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
}

for (const [name, watch] of Object.entries(ABSENT)) {
  t.test(`without ${name}, connections alone tell`, async (t) => {
    const { watches, ...waits } = without(t, watch);
    await judge(t, waits);
    t.ok(watches() > 0);
  });
}

t.test('without an addon, connections alone tell', async (t) => {
  const load = () => {
    throw new Error('No native build was found');
  };
  const mocks = { 'node-gyp-build': { resolve: load }, 'node:fs': { ...fs, existsSync: () => false } };
  await judge(t, t.mockRequire<Waits>('../../lib/wait/wait', mocks));
  t.throws(() => t.mockRequire('../../lib/addon/addon', mocks), { code: 'ERR_PORT_ADDON' });
});
