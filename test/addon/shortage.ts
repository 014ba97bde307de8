import t from 'tap';
import { run } from '../support/command';
import { distPath } from '../support/dist';
import { buildFailCalls, type FailCalls } from '../support/fail-calls';
import { NO_IPV6 } from '../support/listen';

/** Tells what an expression over the package gives, or its error. */
const PROGRAM = `
const portFor = require(process.argv[1]);
Promise.resolve()
  .then(() => eval(process.argv[2]))
  .then(
    (value) => ({ value }),
    ({ code, systemCode, syscall }) => ({ code, systemCode, syscall }),
  )
  .then((answer) => console.log(JSON.stringify(answer)));`;

const { skip, failCalls } = buildFailCalls(t);

async function ask(expression: string, ...failing: Parameters<FailCalls>): Promise<unknown> {
  const words = ['-e', PROGRAM, distPath('index.js'), expression];
  const { stdout, stderr } = await run(process.execPath, words, failCalls(...failing));
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}

const failure = (systemCode: string, syscall: string) => ({ code: 'ERR_PORT_SYSTEM', systemCode, syscall });

t.test('a setting of the kernel that cannot be read is an error, never a default', { skip }, async (t) => {
  for (const errno of ['EMFILE', 'ENFILE', 'ENOMEM', 'EACCES'] as const) {
    // Alone: where the second file fails too, it would speak for both.
    t.strictSame(await ask('portFor.ephemeralPortRanges()', 'open', errno, 1, 1), failure(errno, 'open'));
    t.strictSame(await ask('portFor.selectRandomSync()', 'open', errno), failure(errno, 'open'));
    // The second file is that of the reserved ports.
    t.strictSame(await ask('portFor.selectRandom()', 'open', errno, 2), failure(errno, 'open'));
  }
});

t.test(
  'beside those settings a pick reads no file, not for its random numbers either',
  { skip },
  async (t) => {
    const both = `portFor.selectRandom().then((port) => [port, portFor.selectRandomSync()].every(Number.isInteger))`;
    t.strictSame(await ask(both, 'open', 'EMFILE', 3), { value: true });
  },
);

t.test('it is read again when it can be', { skip }, async (t) => {
  const twice = `
    try { portFor.selectRandomSync() } catch {}
    portFor.availableGoodPorts().has(portFor.selectRandomSync())`;
  t.strictSame(await ask(twice, 'open', 'EMFILE', 1, 1), { value: true });
});

t.test('a setting that does not exist means the default of Linux', { skip }, async (t) => {
  t.strictSame(await ask('portFor.ephemeralPortRanges()', 'open', 'ENOENT'), {
    value: [{ low: 32768, high: 65535 }],
  });
});

t.test('whether an address is of this machine is not guessed', { skip }, async (t) => {
  const call = `portFor.portIsUsed(20000, '192.0.2.1')`;
  t.strictSame(await ask(call, 'socket', 'EMFILE'), failure('EMFILE', 'socket'));
  t.strictSame(
    await ask(`portFor.scan(20000, { host: '192.0.2.1' })`, 'socket', 'EMFILE'),
    failure('EMFILE', 'socket'),
  );
});

t.test('a lack of descriptors is not remembered as a lack of IPv6', { skip: skip || NO_IPV6 }, async (t) => {
  const held = `
    try { portFor.leaseSync().release() } catch {}
    globalThis.held = portFor.leaseSync({ host: '::1' });
    portFor.leaseSync({ ports: held.port }).port`;
  for (const nth of [1, 2, 3])
    t.match(await ask(held, 'socket', 'EMFILE', nth, nth), { code: 'ERR_PORT_NONE_FREE' }, `call ${nth}`);
});

t.test(
  'nor is a failure to ask for both families as a lack of that',
  { skip: skip || NO_IPV6 },
  async (t) => {
    const later = `
    try { portFor.leaseSync().release() } catch {}
    Number.isInteger(portFor.leaseSync().port)`;
    t.strictSame(await ask(later, 'setsockopt', 'ENOBUFS', 1, 1), { value: true });
  },
);
