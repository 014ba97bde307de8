// Does with the package what its users do, on any runtime: `smoke.cjs FOLDER`, the folder of the package. Prints TAP.
const { join } = require('node:path');
const { createServer } = require('node:net');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { pathToFileURL } = require('node:url');

const folder = process.argv[2];
const portFor = require(folder);

const scratch = mkdtempSync(join(tmpdir(), 'port-for-native-smoke-'));

function listen(port = 0, host = '127.0.0.1') {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on('error', () => {}).end());
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}
const close = (server) => new Promise((resolve) => server.close(resolve));
const throws = async (code, call) => {
  try {
    await call();
  } catch (error) {
    return error.code === code;
  }
  return false;
};
const distinct = (ports, count) => new Set(ports).size === count;

/** Each gives whether it is so. */
const CHECKS = {
  'the kernel names an ephemeral range': () =>
    portFor.ephemeralPortRanges().every(({ low, high }) => low <= high),
  'good ports are many, and none is of the system': () => {
    const good = portFor.availableGoodPorts();
    return good.size > 1000 && !good.has(80);
  },
  'a port set unites and names its ranges': () =>
    new portFor.PortSet('1-3').union(new portFor.PortSet('5')).toString() === '1-3,5',
  'a bad port is refused by its value': () =>
    throws('ERR_PORT_INVALID_VALUE', () => portFor.isAvailableSync(70000)),
  'a random port is free': () => !portFor.portIsUsedSync(portFor.selectRandomSync()),
  'a random port is free, asynchronously': async () =>
    !(await portFor.portIsUsed(await portFor.selectRandom())),
  'fifty ports are distinct': async () => distinct(await portFor.allocate(50), 50),
  'fifty ports are distinct, synchronously': () => distinct(portFor.allocateSync(50), 50),
  'a setting picks from its range': () => portFor.getPortSync('30000-30100') >= 30000,
  'a server is noticed, and its end': async () => {
    const server = await listen();
    const { port } = server.address();
    const used = await portFor.portIsUsed(port);
    await close(server);
    return used && !(await portFor.portIsUsed(port));
  },
  'a list without a free port says so': async () => {
    const server = await listen();
    const isSo = await throws('ERR_PORT_NONE_FREE', () =>
      portFor.selectRandom({ ports: server.address().port }),
    );
    await close(server);
    return isSo;
  },
  'a leased port is given to nobody else': async () => {
    const held = await portFor.lease();
    const isHeld = await throws('ERR_PORT_NONE_FREE', () => portFor.selectRandom({ ports: held.port }));
    held.release();
    return isHeld && !(await portFor.portIsUsed(held.port));
  },
  'a server listens on a leased port': async () => {
    const held = await portFor.lease();
    const server = createServer();
    await held.listen(server);
    const isSo = server.address().port === held.port;
    await close(server);
    held.release();
    return isSo;
  },
  'many leases at once': () => {
    const leases = portFor.leaseManySync(20);
    const isSo = distinct(
      leases.map(({ port }) => port),
      20,
    );
    for (const lease of leases) lease.release();
    return isSo;
  },
  'a scan by bind finds a server': async () => {
    const server = await listen();
    const { port } = server.address();
    const { used } = await portFor.scan(port, { method: 'bind' });
    await close(server);
    return used.has(port);
  },
  'a scan by connect finds a server': async () => {
    const server = await listen();
    const { port } = server.address();
    const { used, free } = await portFor.scan([port, port === 65535 ? 1 : port + 1], { method: 'connect' });
    await close(server);
    return used.has(port) && used.size + free.size === 2;
  },
  'a scan covers every port': async () => {
    const { free, used, denied, filtered } = await portFor.scan('1024-65535', { method: 'bind' });
    return free.size + used.size + denied.size + filtered.size === 64512;
  },
  'the socket table shows a server, or is said to be lacking': async () => {
    const server = await listen();
    try {
      return portFor.usedPorts().has(server.address().port);
    } catch (error) {
      return error.code === 'ERR_PORT_NO_TABLE';
    } finally {
      await close(server);
    }
  },
  'a wait ends when a server listens': async () => {
    const port = portFor.selectRandomSync();
    const wait = portFor.occupied('127.0.0.1', port, { timeout: 10_000 });
    const server = await listen(port);
    await wait;
    await close(server);
    return true;
  },
  'a wait ends when a server has gone': async () => {
    const server = await listen();
    const wait = portFor.free('127.0.0.1', server.address().port, { timeout: 10_000 });
    await close(server);
    await wait;
    return true;
  },
  'a wait gives up in time': () =>
    throws('ERR_PORT_TIMEOUT', () =>
      portFor.occupied('127.0.0.1', portFor.selectRandomSync(), { timeout: 100 }),
    ),
  'a name keeps its port': async () => {
    const store = new portFor.PortStore(join(scratch, 'port-for.conf'));
    const port = await store.bindPort('web');
    const again = await new portFor.PortStore(join(scratch, 'port-for.conf')).bindPort('web');
    await store.unbindPort('web');
    const bound = await store.boundPorts();
    return (
      port === again && ('web' in bound || bound.web !== undefined || (bound.has?.('web') ?? false)) === false
    );
  },
  'a name leases its port': async () => {
    const held = await new portFor.PortStore(join(scratch, 'port-for.conf')).lease('api');
    held.release();
    return held.port > 1023;
  },
  'a worker thread loads it too': async () => {
    const { Worker } = require('node:worker_threads');
    const code = `require('node:worker_threads').parentPort.postMessage(require(${JSON.stringify(folder)}).selectRandomSync())`;
    const worker = new Worker(code, { eval: true });
    const port = await new Promise((resolve, reject) =>
      worker.once('message', resolve).once('error', reject),
    );
    await worker.terminate();
    return port > 1023;
  },
  'ESM imports its names': async () =>
    typeof (await import(pathToFileURL(join(folder, 'dist/index.js')).href)).selectRandom === 'function',
};

async function main() {
  let count = 0;
  for (const [name, check] of Object.entries(CHECKS)) {
    count++;
    try {
      const isSo = await check();
      console.log(`${isSo ? 'ok' : 'not ok'} ${count} - ${name}`);
      if (!isSo) process.exitCode = 1;
    } catch (error) {
      console.log(`not ok ${count} - ${name}: ${error.message}`);
      process.exitCode = 1;
    }
  }
  console.log(`1..${count}`);
}

main().finally(() => rmSync(scratch, { recursive: true, force: true }));
