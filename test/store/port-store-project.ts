import '../support/alone';

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { AssociationConflictError } from '../../lib/store/errors';
import { PortStore } from '../../lib/store/port-store';
import { NO_PYTHON, python } from '../support/python';

/** A store, and checkouts beside its file. */
function newStore(t: Test, checkouts: Record<string, string | undefined> = { a: undefined, b: undefined }) {
  const folders = Object.entries(checkouts).map(([name, ports]) => [
    name,
    { '.git': {}, ...(ports === undefined ? {} : { '.ports': ports }) },
  ]);
  const folder = t.testdir({ ...Object.fromEntries(folders), 'port-for.conf': '' });
  const store = new PortStore(join(folder, 'port-for.conf'));
  const project = (name: string) => store.project(join(folder, name));
  return { folder, store, project, read: () => readFileSync(store.path, 'utf8') };
}

/** A port that is free now. */
function freePort(): number {
  using held = leaseSync();
  return held.port;
}

t.test('a name of each checkout has a port of its own', async (t) => {
  const { store, project, folder } = newStore(t);
  const ports = [store, project('a'), project('b')].map((names) => names.bindPortSync('web'));
  t.equal(new Set(ports).size, 3);
  t.equal(project('a').bindPortSync('WEB'), ports[1]);
  t.equal(await project('b').bindPort('web'), ports[2]);
  t.strictSame([...project('b').boundPortsSync()], [['web', ports[2]]]);
  t.strictSame([...store.boundPortsSync()], [['web', ports[0]]]);
  t.equal(project('a').folder, join(folder, 'a'));
  t.equal(store.folder, undefined);
});

t.test('a name of a checkout is leased, changed and forgotten as any other', async (t) => {
  const { store, project, read } = newStore(t);
  const a = project('a');
  using held = await a.lease('web');
  t.equal(a.boundPortsSync().get('web'), held.port);
  const next = await a.rebindPort('web');
  t.not(next, held.port);
  t.equal(a.rebindPortSync('web', { port: held.port }), held.port);
  t.equal(await a.unbindPort('web'), held.port);
  t.equal(a.unbindPortSync('web'), undefined);
  t.equal(read(), '');
  t.throws(() => a.rebindPortSync('web'), {
    code: 'ERR_PORT_UNKNOWN_NAME',
    message: /"web" has no port in /,
  });
  store.bindPortSync('web');
  t.throws(() => a.rebindPortSync('web'), { code: 'ERR_PORT_UNKNOWN_NAME' });
});

t.test('a port belongs to one name of the whole file', async (t) => {
  const { store, project, folder } = newStore(t);
  const port = project('a').bindPortSync('web');
  const cases = [
    () => store.bindPortSync('other', port),
    () => project('b').bindPortSync('web', { port }),
    () => project('a').bindPortSync('other', port),
  ];
  for (const call of cases) {
    t.throws(call, AssociationConflictError);
    t.throws(call, { message: `is associated with "web" of ${join(folder, 'a')}, not with` });
  }
  t.equal(project('b').bindPortSync('web', { prefer: port }) === port, false);
  t.throws(() => project('b').rebindPortSync('web', port), AssociationConflictError);
});

t.test('a preferred port is taken if nobody has it', async (t) => {
  const { project, store } = newStore(t);
  const port = freePort();
  t.equal(await project('a').bindPort('web', { prefer: port }), port);
  t.not(await project('b').bindPort('web', { prefer: port }), port);
  t.equal(await project('a').bindPort('web', { prefer: 5 }), port, 'a name that has a port keeps it');
  const server = createServer().listen(0);
  t.teardown(() => server.close());
  const address = server.address();
  const used = typeof address === 'object' && address !== null ? address.port : 0;
  t.not(store.bindPortSync('web', { prefer: used }), used);
  using held = await store.lease('held', { prefer: used });
  t.not(held.port, used);
  const other = freePort();
  using preferred = store.leaseSync('preferred', { prefer: other });
  t.equal(preferred.port, other);
  t.throws(() => store.bindPortSync('x', { port: 1, prefer: 2 }), { code: 'ERR_PORT_INVALID_VALUE' });
  t.throws(() => store.bindPortSync('x', { prefer: 0 }), { message: /prefer 0 is out of range/ });
});

t.test('names that .ports declares get the port that they prefer there', async (t) => {
  const port = freePort();
  const { project } = newStore(t, { a: `web = ${port}\ndb\n`, b: `web = ${port}\n` });
  t.equal(project('a').bindPortSync('web'), port);
  t.not(project('b').bindPortSync('web'), port);
});

t.test('checkouts whose folder is gone are forgotten', async (t) => {
  const { store, project, folder, read } = newStore(t);
  const [web, db] = [project('a').bindPortSync('web'), project('a').bindPortSync('db')];
  const kept = project('b').bindPortSync('web');
  t.strictSame(await store.prune(), []);
  rmSync(join(folder, 'a'), { recursive: true });
  const gone = [
    { name: 'web', port: web, path: store.path, folder: join(folder, 'a') },
    { name: 'db', port: db, path: store.path, folder: join(folder, 'a') },
  ];
  t.strictSame(await store.prune({ dryRun: true }), gone);
  t.strictSame(store.pruneSync({ dryRun: true }), gone);
  t.equal(store.associationsSync().length, 3);
  t.strictSame(await store.prune(), gone);
  t.strictSame(store.pruneSync(), []);
  t.equal(read(), `[${join(folder, 'b')}]\nweb = ${kept}\n`);
});

const AWKWARD = [
  'a b',
  ' x ',
  'für',
  '[x]',
  '[DEFAULT]',
  'line\nbreak',
  '50%',
  '#',
  'a]b[',
  'App',
  'app',
  '=',
  '\u00e9',
  'e\u0301',
];

const REWRITE = `
import configparser, json, sys
path, = sys.argv[1:]
parser = configparser.ConfigParser()
parser.read(path)
parser.set('DEFAULT', 'from-python', '1')
with open(path, 'w') as file: parser.write(file)
print(json.dumps([list(parser.defaults().items()), parser.sections()]))
`;

t.test(
  'Python rewrites a file with checkouts of any name, and nothing is lost',
  { skip: NO_PYTHON },
  async (t) => {
    const { store, project } = newStore(t, Object.fromEntries(AWKWARD.map((name) => [name, undefined])));
    const port = store.bindPortSync('web');
    const ports = AWKWARD.map((name) => project(name).bindPortSync('web'));
    t.equal(new Set(ports).size, AWKWARD.length, 'names that differ in case or in normal form are different');
    const before = store.associationsSync();
    const [defaults, sections] = python(REWRITE, '', store.path) as [[string, string][], string[]];
    t.strictSame(defaults, [
      ['web', `${port}`],
      ['from-python', '1'],
    ]);
    t.equal(sections.length, AWKWARD.length);
    t.strictSame(
      store.associationsSync().filter(({ name }) => name === 'web'),
      before,
    );
    AWKWARD.forEach((name, index) => {
      t.equal(project(name).boundPortsSync().get('web'), ports[index], JSON.stringify(name));
    });
  },
);

t.test('a section that is not ours is left alone', async (t) => {
  const { store, project } = newStore(t);
  writeFileSync(store.path, '[tool]\nname = value\n');
  project('a').bindPortSync('web');
  t.match(readFileSync(store.path, 'utf8'), /^\[tool\]\nname = value\n\n\[.*a\]\nweb = \d+\n$/);
  t.equal(store.associationsSync().length, 1);
});
