import '../support/alone';

import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import t from 'tap';
import { selectRandom } from '../../lib/pick/pick';
import { scan } from '../../lib/scan/scan';
import { run } from '../support/command';
import { distPath } from '../support/dist';
import { buildFailCalls } from '../support/fail-calls';
import { torture } from '../support/torture';

const skip = process.platform === 'linux' ? false : 'only Linux tells threads by /proc';

const threads = (): string[] => readdirSync('/proc/self/task');

/** The nice value of a thread: field 19 of /proc/PID/stat, counted behind the name in parentheses (proc(5)). */
function niceOf(thread: string): number {
  const fields = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(fields[19 - 3]);
}

t.test('scans and picks share a few threads, however many there are', { skip }, async (t) => {
  const before = threads().length;
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, threads().length);
  }, 1);
  await Promise.all([
    ...Array.from({ length: 200 }, () => scan('20000-22047', { method: 'bind' })),
    ...Array.from({ length: 200 }, () => selectRandom()),
  ]);
  clearInterval(timer);
  // Two scans, a second thread for each, and four picks.
  t.ok(most <= before + 8, `${most} threads, ${before} before`);
});

const PROGRAM = `
const { readdirSync, readFileSync } = require('node:fs');
const os = require('node:os');
os.setPriority(18);
const nice = (id) => Number(readFileSync('/proc/self/task/' + id + '/stat', 'utf8').replace(/^.*\\) /s, '').split(' ')[16]);
require(process.argv[1]).scan('20000-20100', { method: 'bind' }).then(() => {
  console.log(Math.min(...readdirSync('/proc/self/task').map(nice).filter((value) => value > ${getPriority()})));
});`;

t.test('a scan runs at a lower priority than its process, never at a higher', { skip }, async (t) => {
  t.equal(getPriority(), niceOf(`${process.pid}`));
  await scan('20000-20100', { method: 'bind' });
  t.ok(threads().some((thread) => niceOf(thread) === Math.min(19, getPriority() + 5)));
  if (getPriority() >= 18) {
    t.pass('skipped below', {
      skip: `runs at priority ${getPriority()}, with no lower one for a process in it`,
    });
    return;
  }
  const { stdout, stderr } = await run(process.execPath, ['-e', PROGRAM, distPath('index.js')]);
  t.strictSame({ stdout, stderr }, { stdout: '18\n', stderr: '' });
});

t.test('a process does not end before its picks', async (t) => {
  // Nothing else keeps it alive: a scan has a timer for its progress.
  const program = 'require(process.argv[1]).allocate(500).then(({ length }) => console.log(length))';
  const { stdout, stderr } = await run(process.execPath, ['-e', program, distPath('index.js')]);
  t.strictSame({ stdout, stderr }, { stdout: '500\n', stderr: '' });
});

const { skip: cannotFail, failCalls } = buildFailCalls(t);

t.test('a process ends behind a scan that no thread could be had for', { skip: cannotFail }, async (t) => {
  const program = `
    const { scan } = require(process.argv[1]);
    scan('20000-20100').catch(({ systemCode }) => console.log(systemCode)).then(() => scan('20000-20100'));`;
  const words = ['-e', program, distPath('index.js')];
  const settings = failCalls('pthread_create', 'EAGAIN', 1, 1);
  t.strictSame(await run(process.execPath, words, settings, 20_000), {
    code: 0,
    stdout: 'EAGAIN\n',
    stderr: '',
  });
});

const WORKER_ALONE = `
const { readFileSync } = require('node:fs');
const { Worker } = require('node:worker_threads');
const code = "require(require('node:worker_threads').workerData).selectRandomSync()";
new Worker(code, { eval: true, workerData: process.argv[1] }).once('exit', () =>
  console.log(/port.for.native.*\\.node$/m.test(readFileSync('/proc/self/maps', 'utf8'))));`;

t.test('the addon stays in memory behind the only thread that loaded it', { skip }, async (t) => {
  // Else that thread jumps into nothing at its end, where the C++ library is linked statically.
  const { stdout, stderr } = await run(process.execPath, ['-e', WORKER_ALONE, distPath('index.js')]);
  t.strictSame({ stdout, stderr }, { stdout: 'true\n', stderr: '' });
});

t.test('workers that are terminated in the middle leave nothing behind', { skip }, async (t) => {
  t.strictSame((await torture('threads', { seconds: 1 })).faults, []);
});
