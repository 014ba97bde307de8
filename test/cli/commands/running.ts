import t from 'tap';
import { PortInUseError } from '../../../lib/lease/errors';
import type { PortOwner } from '../../../lib/machine/port-owners';
import { mockCommand } from '../../support/mocked-command';

const owner = (pid: number, command: string): PortOwner => ({ pid, name: 'x', command }) as PortOwner;

let owners: PortOwner[] = [];
let info: object = {};

const { command } = mockCommand<typeof import('../../../lib/cli/commands/running')>(t, 'running', {
  'lease/errors': { PortInUseError },
  'machine/port-owners': {
    portOwners: (...words: unknown[]) => {
      t.strictSame(words, [3000, 'tcp']);
      return owners;
    },
  },
  'process/process-info': { describeProcess: () => info },
});

function told(user: PortOwner, others: PortOwner[] = [], folder?: string): string {
  owners = others;
  const error = new PortInUseError(3000, 'my web', user);
  const better = command.sayWhoRuns(error, { folder } as never) as PortInUseError;
  t.match(better, { code: 'ERR_PORT_IN_USE', cause: error });
  return better.message;
}

t.test('a stranger’s port is told with the way to another', async (t) => {
  info = {};
  t.equal(
    told(owner(7, 'node a.js')),
    'port 3000 of "my web" is in use by "node a.js" (pid 7): stop that, or give "my web" another port (--rebind my web)',
  );
  for (const line of [
    'node port-for.js --scan',
    'port-for-x --run a',
    'my --run port-for',
    'support-for --run a',
    'port-for --runs a',
  ])
    t.match(told(owner(7, line), [owner(7, line)]), /^port 3000 of/, line);
});

t.test('a name that is running is told by its command, never to be taken away', async (t) => {
  info = {};
  const end = 'has port 3000. Stop that first, or run this under another name';
  for (const line of [
    'port-for --run my web -- node a.js -- b\nc',
    '/usr/bin/node /x/port-for.js --here --run web -- node a.js -- b\nc',
    'npx port-for-native web --run -- node a.js -- b\nc',
  ]) {
    const holder = owner(7, line);
    t.equal(
      told(holder, [owner(5, 'other'), holder]),
      `"my web" is running: "node a.js -- b\\nc" (pid 7) ${end} (--here gives each checkout ports of its own)`,
    );
    t.equal(
      told(owner(8, 'node a.js'), [holder], '/shop'),
      `"my web" is running: "node a.js" (pid 8) ${end}`,
    );
  }
  const bare = owner(7, 'port-for --run web');
  t.match(told(bare, [bare]), /running: "port-for --run web" \(pid 7\)/, 'without its command');
});

t.test('since when is told by the time today, else with the day, and where by the folder', async (t) => {
  const now = new Date();
  info = { startedAt: new Date(now.getFullYear(), now.getMonth(), now.getDate(), 4, 5), folder: '/shop' };
  t.match(told(owner(7, 'node')), '"node" (pid 7) since 04:05 in /shop:');
  info = { startedAt: new Date(2019, 8, 3, 14, 2) };
  t.match(told(owner(7, 'node')), '"node" (pid 7) since 2019-09-03 14:02:');
});

t.test('other errors stay as they are', async (t) => {
  const unknown = new PortInUseError(3000, 'web', undefined);
  for (const error of [unknown, new Error('x'), undefined])
    t.equal(command.sayWhoRuns(error, {} as never), error);
});
