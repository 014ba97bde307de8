import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { PortStore } from '../../lib/store/port-store';
import { distPath } from '../support/dist';
import { hear, startWorker } from '../support/program';

const WORK = `
const { parentPort, workerData } = require('node:worker_threads');
const { PortStore } = require(workerData.module);
const store = new PortStore(workerData.path);
const names = Array.from({ length: 20 }, (_, index) => workerData.prefix + index);
const bindAll = async () => {
  const bound = names.map((name) => [name, store.bindPortSync(name)]);
  bound.push(...(await Promise.all(names.map(async (name) => ['async-' + name, await store.bindPort('async-' + name)]))));
  bound.push(['shared', await store.bindPort('shared')]);
  return bound;
};
bindAll().then((bound) => parentPort.postMessage(bound));
`;

t.test('threads that write one file at once neither lose nor block each other', async (t) => {
  const path = join(t.testdir({}), 'port-for.conf');
  const bound = await Promise.all(
    ['a', 'b', 'c', 'd'].map(async (prefix) => {
      const workerData = { module: distPath('index.js'), path, prefix };
      const worker = new Worker(WORK, {
        eval: true,
        workerData,
        execArgv: [],
        env: { ...process.env, NODE_OPTIONS: '' },
      });
      t.teardown(() => worker.terminate());
      const [message] = (await once(worker, 'message')) as [[string, number][]];
      return message;
    }),
  );
  const kept = await new PortStore(path).boundPorts();
  t.equal(kept.size, 4 * 40 + 1);
  t.equal(new Set(kept.values()).size, kept.size, 'no port twice');
  t.strictSame(
    bound.flat().filter(([name, port]) => kept.get(name) !== port),
    [],
    'every call returned what is kept',
  );
});

t.test('a worker thread that writes is warned of nothing', async (t) => {
  const path = JSON.stringify(join(t.testdir(), 'port-for.conf'));
  const worker = startWorker(`
    const warnings = [];
    process.on('warning', ({ message }) => warnings.push(message));
    new portFor.PortStore(${path}).bindPortSync('web');
    setTimeout(() => tell(warnings), 50);`);
  t.strictSame(await hear(worker), []);
  await worker.terminate();
});
