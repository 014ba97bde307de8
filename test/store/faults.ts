import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { run } from '../support/command';
import { distPath } from '../support/dist';
import { buildFailCalls, type FailCalls } from '../support/fail-calls';

/** Tells what a call of a store ends in. */
const PROGRAM = `
const { PortStore, usedSockets } = require(process.argv[1]);
const store = new PortStore(process.argv[2]);
(async () => eval(process.argv[3]))()
  .catch((error) => ({ message: error.message, ...error }))
  .then((report) => console.log(JSON.stringify(report)))
  .then(process.exit);`;

const { skip, failCalls } = buildFailCalls(t);

/** What `call` ends in, with a store at `path`, when the addon's calls fail as `failing` says. */
async function ask(path: string, call: string, ...failing: Parameters<FailCalls>) {
  const words = ['-e', PROGRAM, distPath('index.js'), path, call];
  const { stdout, stderr } = await run(process.execPath, words, failCalls(...failing));
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}

t.test('a lock that is refused leaves no file, and a file as it was', { skip }, async (t) => {
  const files = { full: '[DEFAULT]\nweb = 80\n', empty: '' };
  const folder = t.testdir(files);
  for (const file of ['new', 'full', 'empty']) {
    const path = join(folder, file);
    for (const call of ["store.bindPort('name')", "store.leaseSync('name')"]) {
      t.match(await ask(path, call, 'flock', 'ENOLCK'), {
        code: 'ERR_PORT_CONFIG_ACCESS',
        systemCode: 'ENOLCK',
        path,
        message: `cannot lock ${path}: ENOLCK`,
      });
    }
  }
  t.strictSame(
    Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')])),
    files,
  );
});
