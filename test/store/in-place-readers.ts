import { linkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { readFileSync } from '../../lib/store/config-file';
import { distPath } from '../support/dist';
import { IS_WINE } from '../support/wine';

/** Readings between two looks at the writer. */
const AT_ONCE = IS_WINE ? 5 : 100;

/** The second hard link makes every change a rewrite in place; lines before and after all others come and go. */
const WRITE = `
const { parentPort, workerData } = require('node:worker_threads');
const { PortStore } = require(workerData.module);
const store = new PortStore(workerData.path);
for (let round = 0; round < workerData.rounds; round++) {
  store.bindPortSync('passing', 7);
  store.unbindPortSync('first');
  store.bindPortSync('first', 8);
  store.unbindPortSync('passing');
}
parentPort.postMessage('done');
`;

t.test('who reads a file while it is rewritten in place sees whole lines, each once', async (t) => {
  const folder = t.testdir({});
  const path = join(folder, 'port-for.conf');
  const steady = Array.from({ length: 1500 }, (_, index) => `name-${index} = ${10_000 + index}\n`).join('');
  writeFileSync(path, `[DEFAULT]\nfirst = 8\n${steady}`);
  linkSync(path, join(folder, 'link'));

  // A rewrite takes Wine some hundred times as long.
  const workerData = { module: distPath('index.js'), path, rounds: IS_WINE ? 3 : 60 };
  const env = { ...process.env, NODE_OPTIONS: '' };
  const worker = new Worker(WRITE, { eval: true, workerData, execArgv: [], env });
  t.teardown(() => worker.terminate());
  let isDone = false;
  const end = new Promise((resolve) => {
    worker.once('message', resolve);
    worker.once('error', resolve);
    worker.once('exit', resolve);
  }).then((word) => {
    isDone = true;
    t.equal(word, 'done', 'the writer came to its end');
  });

  let reads = 0;
  const torn: string[] = [];
  while (!isDone) {
    for (let count = 0; count < AT_ONCE; count++) {
      const text = readFileSync(path, 5000).toString();
      const around = text.split(steady).join('').trimEnd();
      if (!/^\[DEFAULT\](\n(first = 8|passing = 7)){0,2}$/.test(around)) torn.push(around);
    }
    reads += AT_ONCE;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await end;
  t.strictSame(torn, [], `${reads} reads`);
});
