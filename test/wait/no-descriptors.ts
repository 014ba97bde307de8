import t from 'tap';
import { run } from '../support/command';
import { distPath } from '../support/dist';
import { listen, portOf, reservePort } from '../support/listen';

/** Uses up the descriptors of the process, then asks whether an open port is free. */
const PROGRAM = `
const { openSync, closeSync } = require('node:fs');
const { Checker, free, occupied } = require(process.argv[1]);
const [target, closed] = process.argv.slice(2);
const tell = (promise) => promise.then(() => 'done', ({ code, systemCode, message }) => [code, systemCode, message].join(' '));
const taken = [];
(async () => {
  // Loads what there is to load, and leaves no connection.
  await free(closed);
  try {
    for (;;) taken.push(openSync('/dev/null'));
  } catch (error) {
    console.log(error.code);
  }
  console.log(await tell(free(target, { timeout: 0 })));
  console.log(await tell(new Checker().assertFree(target)));
  const wait = tell(occupied(target));
  setTimeout(() => taken.splice(0, 10).forEach((fd) => closeSync(fd)), 50);
  console.log(await wait);
})();
`;

t.test(
  'a lack of descriptors makes no port free or occupied',
  { skip: process.platform === 'win32' && 'starts a POSIX shell, for its ulimit' },
  async (t) => {
    const port = portOf(await listen(t, '127.0.0.1'));
    const words = [process.execPath, '-e', PROGRAM, distPath('index.js')];
    const { code, stdout } = await run('sh', [
      '-c',
      'ulimit -n 60; exec "$@"',
      'sh',
      ...words,
      `127.0.0.1:${port}`,
      `127.0.0.1:${reservePort(t)}`,
    ]);
    t.equal(code, 0);
    t.strictSame(stdout.split('\n'), [
      'EMFILE',
      `ERR_PORT_TIMEOUT  Port ${port} not free on 127.0.0.1: EMFILE, connect.`,
      'ERR_PORT_SYSTEM EMFILE EMFILE, connect',
      'done',
      '',
    ]);
  },
);
