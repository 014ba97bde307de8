import t, { type Test } from 'tap';
import type { KeptAssociation } from '../../../lib/store/association';
import { mockCommand } from '../../support/mocked-command';

const kept = (name: string, port: number, more: Partial<KeptAssociation> = {}): KeptAssociation =>
  ({ name, port, path: '/etc/ports', ...more }) as KeptAssociation;

interface Store {
  readonly folder?: string;
  readonly associations?: () => Promise<readonly KeptAssociation[]>;
  readonly honours?: (path: string) => boolean;
  readonly boundPorts?: () => Promise<ReadonlyMap<string, number>>;
  readonly unbindPort?: (name: string) => Promise<number | undefined>;
  readonly prune?: (options: object) => Promise<readonly KeptAssociation[]>;
}

/** Loads a command on a store of the test's, with what it prints. */
function commandOn<Command>(t: Test, name: string, store: Store, isTerminal = false) {
  return mockCommand<Command>(t, name, {
    'cli/commands/open-store': {
      openStore: () => ({ path: '/etc/ports', ...store }),
      namesOf: (words: readonly string[]) => words,
    },
    'node:tty': { isatty: (descriptor: number) => isTerminal && descriptor === 1 },
  });
}

const call = (words: readonly string[] = [], values: object = {}) =>
  ({ words, values, command: undefined }) as never;

t.test(
  '--list has the names that the store answers with, each once, on a terminal with their files',
  async (t) => {
    const associations = [
      kept('web', 80),
      kept('we\u001bb', 8080),
      kept('api', 81, { folder: '/shop' }),
      kept('web', 90, { path: '/other' }),
      kept('far', 91, { path: '/not\u001bhonoured' }),
      kept('db', 92, { path: '/o\u001bther' }),
    ];
    type List = typeof import('../../../lib/cli/commands/list');
    const list = async (isTerminal: boolean, folder?: string, values = {}) => {
      const store = {
        ...(folder === undefined ? {} : { folder }),
        associations: async () => associations,
        honours: (path: string) => !path.startsWith('/not'),
      };
      const { command, printed } = commandOn<List>(t, 'list', store, isTerminal);
      t.equal(await command.list(call([], values)), 0);
      return printed;
    };
    t.strictSame(await list(false), ['web: 80', 'we\\x1bb: 8080', 'db: 92']);
    t.strictSame(await list(true), [
      'web: 80        /etc/ports',
      'we\\x1bb: 8080  /etc/ports',
      'db: 92         /o\\x1bther',
    ]);
    t.strictSame(await list(true, '/shop'), ['api: 81  /etc/ports']);
    t.strictSame(
      JSON.parse((await list(true, undefined, { json: true }))[0] ?? '').map(
        ({ port }: KeptAssociation) => port,
      ),
      [80, 8080, 92],
    );
  },
);

t.test('--unbind forgets all names or none', async (t) => {
  type Unbind = typeof import('../../../lib/cli/commands/unbind');
  const forgotten: string[] = [];
  const ports = new Map([
    ['web', 80],
    ['api', 81],
  ]);
  const store = {
    boundPorts: async () => ports,
    unbindPort: async (name: string) => {
      forgotten.push(name);
      return ports.get(name);
    },
  };
  const { command, printed } = commandOn<Unbind>(t, 'unbind', store);
  await t.rejects(command.unbind(call(['web', 'apu'])), {
    code: 'ERR_PORT_UNKNOWN_NAME',
    message: /^"apu" has no port in \/etc\/ports: did you mean "api"\?$/,
  });
  t.strictSame(forgotten, []);
  await command.unbind(call(['web', 'api']));
  t.strictSame([forgotten, printed], [['web', 'api'], []]);
  await command.unbind(call(['web'], { json: true }));
  await command.unbind(call(['web', 'api'], { json: true }));
  t.strictSame(printed, ['{"name":"web","port":80}', '[{"name":"web","port":80},{"name":"api","port":81}]']);
});

t.test('--prune tells what it forgets, or would', async (t) => {
  type Prune = typeof import('../../../lib/cli/commands/prune');
  const asked: unknown[] = [];
  const gone = [kept('web', 80, { folder: '/tmp/a\u001bb' })];
  const store = {
    prune: async (options: object) => {
      asked.push(options);
      return gone;
    },
  };
  const { command, printed } = commandOn<Prune>(t, 'prune', store);
  await command.prune(call());
  await command.prune(call([], { 'dry-run': true, json: true }));
  t.strictSame(asked, [{ dryRun: undefined }, { dryRun: true }]);
  t.strictSame(printed, ['web: 80 of /tmp/a\\x1bb', JSON.stringify(gone)]);
});
