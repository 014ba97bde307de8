import t from 'tap';
import { run } from '../support/command';
import { distPath } from '../support/dist';
import { buildFailCalls, type FailCalls } from '../support/fail-calls';
import { insideNamespace } from '../support/inside-namespace';

const { skip, failCalls } = buildFailCalls(t);

/**
 * Prints what an expression gives. It is served first by a busy machine: what counts here as late are the calls, and a
 * process that got no processor for 100 ms in the midst of them would find all of those silent. It has free ports in
 * `free`, and `fail(plans)` makes calls fail from then on.
 */
const PROGRAM = `
const portFor = require(process.argv[1]);
try { require('node:os').setPriority(-10); } catch {}
const free = portFor.allocateSync(40, { ports: '10000-30000' });
const fail = (plans) => { process.env.FAIL_CALLS = plans; };
fail(process.argv[2]);
Promise.resolve(eval(process.argv[3])).then((value) => console.log(JSON.stringify(value)));`;

/** `failing`: calls that fail, of up to four names. */
async function ask(expression: string, ...failing: Parameters<FailCalls>[]): Promise<unknown> {
  const settings = failing.map((one) => failCalls(...one));
  const plans = settings.map(({ FAIL_CALLS }) => FAIL_CALLS).join(';');
  const words = ['-e', PROGRAM, distPath('index.js'), plans, expression];
  // What the program does before is no part of the case.
  const { stdout, stderr } = await run(process.execPath, words, { ...settings[0], FAIL_CALLS: '' });
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}

/** No answer at first, so that the port is waited for. */
const late = (last: number): Parameters<FailCalls> => ['connect', 'EINPROGRESS', 1, last];

// Nobody else takes a port there.
insideNamespace(__filename, () => {
  t.test('a port whose refusal comes late is picked, and held', { skip }, async (t) => {
    const ports = '{ ports: free[0] }';
    t.equal(await ask(`portFor.selectRandomSync(${ports}) === free[0]`, late(6)), true);
    t.equal(await ask(`portFor.selectRandom(${ports}).then((port) => port === free[0])`, late(6)), true);
    const holds = 'portFor.portIsUsedSync(held.port)';
    t.equal(
      await ask(`((held) => held.port === free[0] && ${holds})(portFor.leaseSync(${ports}))`, late(6)),
      true,
    );
  });

  t.test('each of many is, whatever the order of the answers', { skip }, async (t) => {
    const all = `portFor.allocateSync(40, { ports: free }).sort().join() === free.sort().join()`;
    for (const last of [1, 2, 50, 83, 120])
      t.equal(await ask(all, late(last)), true, `${last} without an answer`);
    const leases =
      '(held = portFor.leaseManySync(40, { ports: free })).every(({ port, fd }) => free.includes(port) && fd > 0)';
    t.equal(await ask(leases, late(83)), true);
  });

  t.test('a lack of descriptors while ports are waited for loses none', { skip }, async (t) => {
    const all = `portFor.allocateSync(40, { ports: free }).length`;
    // Each port takes two sockets: one that is bound, and one that connects.
    for (const nth of [11, 12]) t.equal(await ask(all, late(60), ['socket', 'EMFILE', nth, nth]), 40);
    // The next is for the question of a port that answered late to its second address.
    const onThread = `portFor.allocate(40, { ports: free }).then(({ length }) => length)`;
    for (const last of [80, 83]) t.equal(await ask(onThread, late(last), ['socket', 'EMFILE', 81, 81]), 40);
    // Where no other port keeps what is short, nothing will be free soon.
    const one = `portFor.allocate(1, { ports: free[0] }).catch(({ systemCode }) => systemCode)`;
    t.equal(await ask(one, late(2), ['socket', 'EMFILE', 3, 3]), 'EMFILE');
  });

  t.test('a scan that cannot watch its connections is no answer', { skip }, async (t) => {
    const scan = `portFor.scan(free[0], { method: 'connect', host: '127.0.0.1' }).catch((error) => error.systemCode)`;
    t.equal(await ask(scan, late(2), ['epoll_ctl', 'ENOSPC', 1]), 'ENOSPC');
    t.equal(await ask(scan, late(2), ['epoll_create1', 'EMFILE', 1]), 'EMFILE');
  });

  t.test(
    'what is forbidden on the way is filtered, and denied what is forbidden here',
    { skip },
    async (t) => {
      const scan = `portFor.scan(free[0], { method: 'connect', host: '127.0.0.1' }).then(
      ({ denied, filtered }) => [denied.size, filtered.size])`;
      t.strictSame(await ask(scan, ['connect', 'EACCES', 1]), [1, 0]);
      // The answer of a firewall behind this machine comes to a question that went out.
      t.strictSame(await ask(scan, ['connect', 'EACCES', 3], late(2)), [0, 1]);
    },
  );

  t.test('a signal is no answer of a port', { skip }, async (t) => {
    // Without an answer from three ports of it, an address counts as one that this machine cannot reach.
    const scan = `new Promise((resolve) => {
    const server = require('node:net').createServer((socket) => socket.end()).listen(0, '127.0.0.1', async () => {
      const { port } = server.address();
      const { used } = await portFor.scan(port, { method: 'connect' });
      server.close();
      resolve(used.has(port));
    });
  })`;
    // Before each wait for an answer there are two calls, and behind it one.
    t.equal(await ask(scan, late(8), ['poll', 'EINTR', 1, 3]), true);
  });
});
