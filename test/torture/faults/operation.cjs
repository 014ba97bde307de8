// One operation of the package, run again and again: each time the next call of the C library that it makes fails. Started
// by plan.mjs with fail-calls.so preloaded. Prints what was found as JSON.

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { existsSync, linkSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:net');
const { join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const [dist = '', folder = '', name = '', choice = '', descriptorsOfOthers = ''] = process.argv.slice(2);
/** @type {typeof import('../../../lib/index')} */
const portFor = require(dist);

/** More calls than this no operation makes. */
const MOST_CALLS = 500;

const LOG = join(folder, `${name}.log`);
const CONFIG = join(folder, `${name}.conf`);
/** @type {string[]} */
const faults = [];
/** @type {Set<string>} */
const failed = new Set();

/** Ports that are free but for those of the server. */
const free = portFor.allocateSync(20);
let server = 0;
const wanted = () => [...free, server];
const store = new portFor.PortStore(CONFIG);
/** What the store has said. @type {Map<string, number>} */
const said = new Map();
let count = 0;

/** @param {unknown} isRight @param {string} what */
function expect(isRight, what) {
  if (!isRight) throw new Error(`wrong answer: ${what}`);
}

/** @param {readonly { port: number, release(): void }[]} leases @param {number} length */
function checkAndRelease(leases, length) {
  for (const lease of leases) lease.release();
  expect(leases.length === length && leases.every(({ port }) => free.includes(port)), 'other leases');
}

/** @param {import('../../../lib/index').ScanResult} result */
function checkScan({ free: open, used, denied, filtered }) {
  expect(open.union(used).union(denied).union(filtered).size === free.length + 1, 'ports are missing');
  expect(!open.has(server), 'the server is not seen');
}

/** @param {() => number} bind @param {string} key */
function remember(bind, key) {
  said.set(key, bind());
}

/** @type {Record<string, () => unknown>} */
const OPERATIONS = {
  pick: async () => expect(free.includes(await portFor.selectRandom({ ports: wanted() })), 'a used port'),
  pickSync: () => expect(free.includes(portFor.selectRandomSync({ ports: wanted() })), 'a used port'),
  allocate: async () => expect((await portFor.allocate(3, { ports: wanted() })).length === 3, 'too few'),
  lease: async () => checkAndRelease(await portFor.leaseMany(2, { ports: wanted() }), 2),
  leaseBoth: async () => checkAndRelease(await portFor.leaseMany(2, { ports: free, transport: 'both' }), 2),
  leaseExclusive: () => checkAndRelease(portFor.leaseManySync(1, { ports: free, exclusive: true }), 1),
  leaseAndListen: async () => {
    const held = await portFor.lease({ ports: free, exclusive: true });
    const listening = createServer();
    try {
      await held.listen(listening);
    } finally {
      listening.close();
      held.release();
    }
  },
  scan: async () => checkScan(await portFor.scan(wanted())),
  scanByBind: async () => checkScan(await portFor.scan(wanted(), { method: 'bind' })),
  scanByConnect: async () => checkScan(await portFor.scan(wanted(), { method: 'connect' })),
  scanByTable: async () => checkScan(await portFor.scan(wanted(), { method: 'table' })),
  scanSync: () => checkScan(portFor.scanSync(wanted())),
  usedPorts: () => expect(portFor.usedPorts().has(server), 'the server is not seen'),
  portIsUsed: async () => expect(await portFor.portIsUsed(server), 'the server is not seen'),
  whoHas: async () => expect((await portFor.whoHas(server)).length > 0, 'the server is not seen'),
  waitForEnd: async () => {
    const { pid } = spawn('true', { stdio: 'ignore' });
    const wait = portFor.occupied('127.0.0.1', free[0] ?? 0, { process: pid, timeout: 20_000 });
    const told = await wait.catch(({ code }) => code);
    expect(told === 'ERR_PORT_PROCESS_ENDED', `the wait ended with ${told}`);
  },
  bindName: () => {
    const key = `name-${count++}`;
    remember(() => store.bindPortSync(key), key);
  },
  rebindName: () => remember(() => store.rebindPortSync('first'), 'first'),
  unbindName: () => {
    const key = `gone-${count++}`;
    store.bindPortSync(key);
    store.unbindPortSync(key);
  },
  leaseName: async () => {
    const lease = await store.lease('first');
    lease.release();
    expect(lease.port === said.get('first'), 'another port');
  },
};

/** The same where the file has a second name, so that it is rewritten in place. */
OPERATIONS.bindInPlace = () => {
  if (!existsSync(`${CONFIG}.link`)) linkSync(CONFIG, `${CONFIG}.link`);
  OPERATIONS.bindName?.();
};

const descriptors = () => readdirSync('/proc/self/fd').length;

/** @param {number} number the call that fails; 0 for none @returns {Promise<string>} its name */
async function runOnce(number) {
  writeFileSync(LOG, '');
  process.env.FAIL_LOG = LOG;
  process.env.FAIL_PLAN = `${number + 1} ${number} ${choice}`;
  let told;
  try {
    await OPERATIONS[name]?.();
  } catch (error) {
    told = error;
  } finally {
    delete process.env.FAIL_PLAN;
  }
  const call = readFileSync(LOG, 'utf8').trim();
  if (told !== undefined && !isTold(told)) faults.push(`${call} ${number}: ${told}`);
  if (told !== undefined && call === '') faults.push(`without a failing call: ${told}`);
  return call;
}

/** Another program may take the ports meanwhile: an error without a failing call counts if it stays. @param {number} number */
async function runBesideOthers(number) {
  for (let round = 0; ; round++) {
    const before = faults.length;
    const call = await runOnce(number);
    if (call !== '' || faults.length === before || round === 3) return call;
    faults.length = before;
    await sleep(100);
  }
}

/** Whether an error is one of the package's own, with something to say. @param {unknown} error */
function isTold(error) {
  if (!(error instanceof portFor.PortForError)) return error instanceof Error && 'syscall' in error;
  return /^ERR_PORT_/.test(error.code) && error.message !== '' && !error.message.includes('undefined');
}

/** What has to hold whatever failed. @param {string} call */
function checkState(call) {
  const own = portFor
    .whoHasSync(free)
    .filter(({ sockets }) =>
      sockets.some(({ processes }) => processes.some(({ pid }) => pid === process.pid)),
    );
  for (const { port } of own) faults.push(`after ${call} port ${port} stays held`);
  const ports = store.boundPortsSync();
  for (const [key, port] of said) {
    if (ports.get(key) !== port && key !== 'first') faults.push(`after ${call} ${key} is lost`);
  }
  if (new Set(ports.values()).size !== ports.size) faults.push(`after ${call} a port has two names`);
  const first = ports.get('first');
  if (first === undefined) faults.push(`after ${call} the first name is lost`);
  else said.set('first', first);
}

async function main() {
  const listening = createServer((socket) => socket.on('error', () => {}).end());
  await once(listening.listen(0), 'listening');
  server = /** @type {import('node:net').AddressInfo} */ (listening.address()).port;
  // Names that an earlier run left would need no write.
  for (const path of [CONFIG, `${CONFIG}.link`]) rmSync(path, { force: true });
  said.set('first', store.bindPortSync('first'));
  const isClean = descriptorsOfOthers === '';
  let calls = 0;
  for (let number = 1; number <= MOST_CALLS; number++) {
    const call = await runBesideOthers(isClean ? 0 : number);
    checkState(call);
    if (call === '') break;
    calls++;
    failed.add(call);
  }
  if (calls === MOST_CALLS) faults.push('it has no end');
  if (calls === 0 && !isClean) faults.push('no call failed');
  // How many stay open differs by chance: a pick keeps the socket that met a used port for the next.
  const counts = [];
  const most = isClean ? 0 : Number(descriptorsOfOthers);
  for (let round = 0; round < 20 && (isClean || Math.min(...counts) > most); round++) {
    await sleep(5 * round);
    await runBesideOthers(0);
    counts.push(descriptors());
  }
  const open = isClean ? Math.max(...counts) : Math.min(...counts);
  if (!isClean && open > most) faults.push(`${open} descriptors are open, ${most} without failing calls`);
  rmSync(LOG, { force: true });
  process.stdout.write(`${JSON.stringify({ calls, failed: [...failed], open, faults })}\n`);
  process.exit();
}

if (name === '') process.stdout.write(`${JSON.stringify(Object.keys(OPERATIONS))}\n`);
else main();
