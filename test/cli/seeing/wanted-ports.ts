import t from 'tap';
import { mockCommand } from '../../support/mocked-command';

let folder: string | undefined;
let checkout: string | undefined;
let opened: unknown[] = [];

const kept = (name: string, port: number, of?: string, path = '/etc/ports') => ({
  name,
  port,
  path,
  ...(of === undefined ? {} : { folder: of }),
});

const ALL = [
  kept('web', 9000, undefined, '/ignored'),
  kept('web', 8000),
  kept('api', 8001, '/shop'),
  kept('api', 8002, '/blog'),
  kept('db', 8003, '/blog'),
  kept('db', 8004, '/wiki'),
  kept('web', 8005, '/shop'),
];

const { command } = mockCommand<typeof import('../../../lib/cli/seeing/wanted-ports')>(
  t,
  '../seeing/wanted-ports',
  {
    'checkout/checkout-root': { checkoutRoot: () => checkout },
    'cli/commands/open-store': {
      openStore: (values: unknown) => {
        opened.push(values);
        return { folder, associations: async () => ALL, honours: (path: string) => path !== '/ignored' };
      },
    },
  },
);

const ports = async (...words: string[]) => `${await command.wantedPorts(words, {})}`;

t.beforeEach(() => {
  [folder, checkout, opened] = [undefined, undefined, []];
});

t.test('numbers, ranges and lists need no names', async (t) => {
  t.equal(await ports('80', '8000-8002, 90', '81'), '80-81,90,8000-8002');
  t.equal(await command.wantedPort('80', {}), 80);
  t.strictSame(opened, []);
  await t.rejects(ports('70000'), { message: /^port 70000 is out of range/ });
  for (const word of ['80-81', '80,81'])
    await t.rejects(command.wantedPort(word, {}), {
      exitCode: 2,
      message: `${JSON.stringify(word)} is not one port: name one`,
    });
});

t.test('a name is first that of no checkout, then that of the current one, then that of all', async (t) => {
  checkout = '/shop';
  t.equal(await ports('web', 'API', '80'), '80,8000-8001');
  t.equal(await ports('db'), '8003-8004');
  checkout = '/blog';
  t.equal(await ports('web', 'api', 'db'), '8000,8002-8003');
  t.equal(opened.length, 3, 'the names are read once a call');
  await t.rejects(ports('nobody'), {
    exitCode: 1,
    message: 'no port is associated with "nobody": port-for --list tells which names are',
  });
});

t.test('a checkout that is chosen counts alone', async (t) => {
  [folder, checkout] = ['/shop', '/blog'];
  t.equal(await ports('web', 'api'), '8001,8005');
  await t.rejects(ports('db'), {
    exitCode: 1,
    message: 'no port is associated with "db" in /shop: port-for --list tells which names are',
  });
});

t.test('a name of many checkouts is not one port', async (t) => {
  checkout = '/shop';
  t.equal(await command.wantedPort('api', {}), 8001);
  const values = { user: true } as const;
  await t.rejects(command.wantedPort('db', values), {
    exitCode: 2,
    message:
      '"db" is a name of 2 checkouts, /blog (port 8003) and /wiki (port 8004): choose one by --project FOLDER',
  });
  t.equal(opened.at(-1), values);
});
