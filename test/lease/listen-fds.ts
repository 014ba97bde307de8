import t from 'tap';
import { run } from '../support/command';
import { distPath } from '../support/dist';

const PRINT = `const { listenFds } = require(process.argv[1]);
  const first = [...listenFds()];
  for (const fds of listenFds().values()) fds.length = 0;
  listenFds().clear();
  console.log(JSON.stringify([first, [...listenFds()], Object.keys(process.env).filter((name) => /^LISTEN/.test(name)).sort()]));`;

/** What `listenFds()` returns, twice, and what is left in the environment of a process that is set so. */
async function listenFdsOf(settings: Record<string, string>, pid = '$$'): Promise<unknown> {
  const script = `LISTEN_PID=${pid} exec "$@"`;
  const words = ['-c', script, 'sh', process.execPath, '-e', PRINT, distPath('index.js')];
  const { stdout } = await run('sh', words, settings);
  return JSON.parse(stdout);
}

t.test(
  'descriptors are found by name, once taken not again by children',
  { skip: process.platform === 'win32' && 'starts a POSIX shell' },
  async (t) => {
    const three = { LISTEN_FDS: '3', LISTEN_FDNAMES: 'web:admin:web' };
    const found = [
      ['web', [3, 5]],
      ['admin', [4]],
    ];
    t.strictSame(await listenFdsOf(three), [found, found, []]);
    t.strictSame((await listenFdsOf({ LISTEN_FDS: '2' })) as unknown[], [
      [['unknown', [3, 4]]],
      [['unknown', [3, 4]]],
      [],
    ]);
    t.strictSame(await listenFdsOf(three, '1'), [[], [], ['LISTEN_FDNAMES', 'LISTEN_FDS', 'LISTEN_PID']]);
    for (const count of ['', 'x', '-1', '1e3', '123456'])
      t.strictSame(await listenFdsOf({ LISTEN_FDS: count }), [[], [], ['LISTEN_FDS', 'LISTEN_PID']]);
    t.strictSame(await listenFdsOf({ LISTEN_FDS: '11', LISTEN_FDNAMES: 'web:' }), [
      ...[1, 2].map(() => [
        ['web', [3]],
        ['unknown', [4, 5, 6, 7, 8, 9, 10, 11, 12, 13]],
      ]),
      [],
    ]);
  },
);
