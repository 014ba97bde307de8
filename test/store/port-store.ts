import '../support/alone';

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import t, { type Test } from 'tap';
import * as ephemeralRange from '../../lib/machine/ephemeral-range';
import { NoFreePortError } from '../../lib/pick/errors';
import { availableGoodPorts } from '../../lib/registry/good-ports';
import {
  AssociationConflictError,
  ConfigAccessError,
  ConfigFileError,
  ConfigLockedError,
} from '../../lib/store/errors';
import { Folder } from '../../lib/store/folder';
import { Gate } from '../../lib/store/gate';
import { PortStore } from '../../lib/store/port-store';
import { holdLock } from '../support/hold-lock';
import { NO_PYTHON, python } from '../support/python';

function newStore(t: Test, content?: string): { store: PortStore; read: () => string } {
  const folder = t.testdir(content === undefined ? {} : { 'port-for.conf': content });
  const path = join(folder, 'port-for.conf');
  return { store: new PortStore(path), read: () => readFileSync(path, 'utf8') };
}

function allCalls(store: PortStore, name: string): (() => Promise<unknown>)[] {
  return [() => store.bindPort(name), () => store.unbindPort(name), () => store.boundPorts()];
}

t.test('a name gets a good port on first use and keeps it', async (t) => {
  const { store, read } = newStore(t);
  const port = await store.bindPort('foo');
  t.ok(availableGoodPorts().has(port), `${port} is a good port`);
  t.equal(await store.bindPort('foo'), port);
  t.equal(store.bindPortSync('FOO'), port);
  t.equal(await new PortStore(store.path).bindPort('foo', port), port);
  t.equal(read(), `[DEFAULT]\nfoo = ${port}\n`);
});

t.test('a name can be given a port, also one that is not good', async (t) => {
  const { store } = newStore(t);
  t.equal(await store.bindPort('web', 80), 80);
  t.equal(store.bindPortSync('tls', 443), 443);
  t.strictSame(await store.boundPorts(), new Map(Object.entries({ web: 80, tls: 443 })));
});

t.test('a name that is forgotten gives its port back', async (t) => {
  const { store, read } = newStore(t, '[DEFAULT]\n# mine\nfoo = 80\nbar = 81\n');
  t.equal(await store.unbindPort('Foo'), 80);
  t.equal(read(), '[DEFAULT]\n# mine\nbar = 81\n');
  t.equal(await store.unbindPort('foo'), undefined);
  t.equal(store.unbindPortSync('bar'), 81);
  t.equal(store.unbindPortSync('bar'), undefined);
  t.equal((await store.boundPorts()).size, 0);
});

t.test('what contradicts an association is refused and names both sides', async (t) => {
  const { store, read } = newStore(t, '[DEFAULT]\nfoo = 80\nbar = 81\n');
  const otherPort = {
    code: 'ERR_PORT_CONFLICT',
    wanted: { name: 'foo', port: 90 },
    existing: { name: 'foo', port: 80 },
    message: /"foo" is associated with port 80, not with 90/,
  };
  const otherName = {
    wanted: { name: 'baz', port: 81 },
    existing: { name: 'bar', port: 81 },
    message: /port 81 is associated with "bar", not with "baz"/,
  };
  await t.rejects(store.bindPort('foo', 90), otherPort);
  t.throws(() => store.bindPortSync('foo', 90), AssociationConflictError);
  await t.rejects(store.bindPort('baz', 81), otherName);
  t.throws(() => store.bindPortSync('baz', 81), otherName);
  t.equal(read(), '[DEFAULT]\nfoo = 80\nbar = 81\n');
});

t.test('a picked port belongs to no other name', async (t) => {
  const good = [...availableGoodPorts()];
  const kept = good[Math.floor(good.length / 2)] ?? 0;
  const lines = good.filter((port) => port !== kept).map((port) => `n${port} = ${port}\n`);
  const { store, read } = newStore(t, `[DEFAULT]\n${lines.join('')}`);
  t.equal(await store.bindPort('last'), kept);
  const before = read();
  await t.rejects(store.bindPort('one-more'), NoFreePortError);
  t.throws(() => store.bindPortSync('one-more'), NoFreePortError);
  t.equal(read(), before);
});

t.test('bad names and ports are refused before the file is touched', async (t) => {
  const { store } = newStore(t);
  for (const name of ['', 'a=b', 'a:b', 'a\nb', '#x', '[x]', 'x'.repeat(300), ' a ']) {
    await t.rejects(store.bindPort(name), { name: 'RangeError', message: /^name "/ });
    await t.rejects(store.unbindPort(name), RangeError);
    t.throws(() => store.bindPortSync(name), RangeError);
    t.throws(() => store.unbindPortSync(name), RangeError);
  }
  for (const port of [0, -1, 70000, 1.5, Number.NaN]) {
    await t.rejects(store.bindPort('a', port), { name: 'RangeError', message: /^port / });
    t.throws(() => store.bindPortSync('a', port), RangeError);
  }
  await t.rejects(store.bindPort('a', '80' as unknown as number), TypeError);
  await t.rejects(store.bindPort(7 as unknown as string), TypeError);
  t.equal(existsSync(store.path), false);
});

t.test('a store needs a path and a time to wait', async (t) => {
  t.equal(new PortStore('a.conf').path, resolve('a.conf'));
  t.throws(() => new PortStore(''), RangeError);
  t.throws(() => new PortStore('a\0b'), RangeError);
  t.throws(() => new PortStore(7 as unknown as string), TypeError);
  t.throws(() => new PortStore('a', null as never), { code: 'ERR_PORT_INVALID_TYPE' });
  t.throws(() => new PortStore('a', { lockTimeout: -1 }), RangeError);
  t.throws(() => new PortStore('a', { lockTimeout: Number.NaN }), RangeError);
  t.throws(() => new PortStore('a', { lockTimeout: '1' as unknown as number }), TypeError);
});

t.test('a file with an invalid line is reported and stays as it is', async (t) => {
  const texts = ['[DEFAULT]\nfoo = 80\nnonsense\n', '[DEFAULT]\nfoo = 1\nFoo = 2\n'];
  for (const text of texts) {
    const { store, read } = newStore(t, text);
    const problem = { code: 'ERR_PORT_CONFIG', path: store.path, line: 3, message: `${store.path}:3: ` };
    for (const call of allCalls(store, 'foo')) {
      await t.rejects(call(), ConfigFileError);
      await t.rejects(call(), problem);
    }
    t.throws(() => store.bindPortSync('foo'), { ...problem, message: /./ });
    t.equal(read(), text);
  }
});

t.test('one odd value keeps no other name from its port', async (t) => {
  const text = '[DEFAULT]\nweb = 80\nz = abc\n';
  const { store, read } = newStore(t, text);
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  t.teardown(() => process.off('warning', note));
  t.equal(await store.bindPort('web'), 80);
  t.equal(store.bindPortSync('web'), 80);
  t.strictSame([...(await store.boundPorts())], [['web', 80]]);
  t.equal(store.bindPortSync('db', 81), 81);
  t.equal(await store.unbindPort('web'), 80);
  t.equal(read(), '[DEFAULT]\nz = abc\ndb = 81\n');

  const odd = { code: 'ERR_PORT_CONFIG', line: 2, message: /"abc" is not a port/ };
  for (const call of [
    () => store.bindPort('z'),
    () => store.bindPort('Z', 82),
    () => store.unbindPort('z'),
  ]) {
    await t.rejects(call(), odd);
  }
  t.throws(() => store.unbindPortSync('z'), odd);
  t.throws(() => store.leaseSync('z'), odd);
  t.equal(read(), '[DEFAULT]\nz = abc\ndb = 81\n');
  await new Promise((resolve) => setImmediate(resolve));
  t.match(warnings, [
    { name: 'ConfigFileWarning', message: /port-for\.conf:3: "abc" is not a port/ },
    { message: /:2: / },
  ]);
  t.equal(warnings.length, 2, 'each line is said once');
});

t.test('what stands in the way of the file is told with the way out', async (t) => {
  const folder = t.testdir({ file: '' });
  const cases: [path: string, systemCode: string, message: RegExp][] = [
    [folder, 'EISDIR', /it is a folder \(EISDIR\): use another file/],
    [join(folder, 'none', 'a.conf'), 'ENOENT', /folder .*none does not exist \(ENOENT\): make it/],
    [join(folder, 'file', 'a.conf'), 'ENOTDIR', /[\\/]file is not a folder \(ENOTDIR\): use another/],
    [join(folder, 'file', 'b', 'a.conf'), 'ENOTDIR', /[\\/]file is not a folder \(ENOTDIR\)/],
  ];
  for (const [path, systemCode, message] of cases) {
    const store = new PortStore(path);
    for (const call of allCalls(store, 'a')) {
      await t.rejects(call(), ConfigAccessError);
      await t.rejects(call(), { code: 'ERR_PORT_CONFIG_ACCESS', path, systemCode, message });
    }
    t.throws(() => store.bindPortSync('a', 80), { code: 'ERR_PORT_CONFIG_ACCESS', systemCode });
  }
  t.strictSame(readdirSync(folder), ['file']);
});

t.test('a file above the config folder of a user is told', async (t) => {
  const folder = t.testdir({ file: '' });
  const before = process.env.XDG_CONFIG_HOME;
  process.env.XDG_CONFIG_HOME = join(folder, 'file', 'sub', 'config');
  t.teardown(() => {
    if (before === undefined) delete process.env.XDG_CONFIG_HOME;
    else process.env.XDG_CONFIG_HOME = before;
  });
  const store = new PortStore(join(folder, 'file', 'sub', 'config', 'port-for.conf'));
  const refusal = { systemCode: 'ENOTDIR', message: /[\\/]file is not a folder/ };
  await t.rejects(store.bindPort('a', 80), refusal);
  await t.rejects(store.boundPorts(), refusal);
  t.strictSame(readdirSync(folder), ['file']);
});

t.test('the folder of the config file of a user is made, for that user alone', async (t) => {
  const home = join(t.testdir({}), 'config');
  const before = process.env.XDG_CONFIG_HOME;
  process.env.XDG_CONFIG_HOME = home;
  t.teardown(() => {
    if (before === undefined) delete process.env.XDG_CONFIG_HOME;
    else process.env.XDG_CONFIG_HOME = before;
  });
  const store = new PortStore(join(home, 'port-for.conf'));
  t.equal((await store.boundPorts()).size, 0);
  t.equal(existsSync(home), false);
  await store.bindPort('a', 80);
  if (process.platform !== 'win32') t.equal(statSync(home).mode & 0o777, 0o700);
  await t.rejects(new PortStore(join(home, 'sub', 'port-for.conf')).bindPort('a'), /does not exist/);
});

t.test('who only asks needs neither the lock nor the right to write', async (t) => {
  const { store } = newStore(t, '[DEFAULT]\nfoo = 80\n');
  await holdLock(t, join(store.path, '../.port-for.conf.lock'));
  chmodSync(store.path, 0o444);
  t.equal(await store.bindPort('foo'), 80);
  t.equal(store.bindPortSync('foo', 80), 80);
  t.equal(await store.unbindPort('bar'), undefined);
  t.equal((await store.boundPorts()).get('foo'), 80);
  await t.rejects(store.bindPort('bar', 80), AssociationConflictError);
});

t.test('a writer waits for the lock, for so long as it was told', async (t) => {
  // A whole line: where the kernel tells nothing of writers, an empty file may be one that is just being written.
  const text = '[DEFAULT]\n';
  const { store, read } = newStore(t, text);
  const holder = await holdLock(t, join(store.path, '../.port-for.conf.lock'));
  const impatient = new PortStore(store.path, { lockTimeout: 30 });
  const locked = { code: 'ERR_PORT_CONFIG_LOCKED', path: store.path, waited: 30, message: /is still locked/ };
  await t.rejects(impatient.bindPort('foo', 80), locked);
  t.throws(() => impatient.bindPortSync('foo', 80), ConfigLockedError);
  t.equal(read(), text);

  const waiting = store.bindPort('foo', 80);
  await new Promise((resolve) => setTimeout(resolve, 60));
  t.equal(read(), text, 'the event loop goes on while a writer waits');
  holder.kill('SIGKILL');
  t.equal(await waiting, 80, 'the kernel has taken the lock from the killed process');
});

t.test('what a pick asks the system is asked before the file is locked', async (t) => {
  const folder = t.testdir({});
  const locked: boolean[] = [];
  const kernelPorts = () => {
    locked.push(existsSync(join(folder, '.port-for.conf.lock')));
    return ephemeralRange.kernelPorts();
  };
  const { PortStore: Store } = t.mockRequire<typeof import('../../lib/store/port-store')>(
    '../../lib/store/port-store',
    { '../../lib/machine/ephemeral-range': { ...ephemeralRange, kernelPorts } },
  );
  const store = new Store(join(folder, 'port-for.conf'));
  const calls = [
    () => store.bindPort('a'),
    () => store.bindPortSync('b'),
    () => store.rebindPort('a'),
    () => store.rebindPortSync('b'),
  ];
  for (const call of calls) {
    locked.length = 0;
    await call();
    t.match(locked, [false, true], 'the pick itself is made in the lock');
  }
  locked.length = 0;
  await store.bindPort('c', 20_001);
  await store.bindPort('a');
  t.strictSame(locked, [], 'who picks nothing asks nothing');
});

t.test('writers of one process do not lose each other', async (t) => {
  const { store } = newStore(t);
  const stores = [store, new PortStore(store.path)];
  const names = Array.from({ length: 60 }, (_, index) => `app${index}`);
  const ports = await Promise.all(names.map((name, index) => stores[index % 2]?.bindPort(name)));
  t.equal(new Set(ports).size, 60);
  t.strictSame(
    [...(await store.boundPorts()).entries()].sort(),
    names.map((name, index) => [name, ports[index]]).sort(),
  );
});

t.test('nothing is left beside the file', async (t) => {
  const { store } = newStore(t);
  for (let index = 0; index < 10; index++) store.bindPortSync(`app${index}`);
  for (let index = 0; index < 10; index++) store.unbindPortSync(`app${index}`);
  t.strictSame(readdirSync(resolve(store.path, '..')), ['port-for.conf']);
});

const PYTHON_READS = `
import configparser, json, sys
parser = configparser.ConfigParser()
parser.read(sys.argv[1])
print(json.dumps(list(parser.defaults().items())))
`;

const PYTHON_ADDS = `
import configparser, json, sys
parser = configparser.ConfigParser()
parser.read(sys.argv[1])
for name, port in json.load(sys.stdin):
    parser.set('DEFAULT', name, str(port))
with open(sys.argv[1], 'w') as file:
    parser.write(file)
print('null')
`;

t.test(
  'Python reads what we write, and we read and rewrite what it writes',
  { skip: NO_PYTHON },
  async (t) => {
    const { store, read } = newStore(t);
    const names = [
      'foo',
      'Mixed Case',
      '100%',
      '%(foo)s',
      '__proto__',
      'constructor',
      'rem',
      'a#b',
      'x[y]',
      'äöü-日本-😀',
    ];
    const ours = names.map((name, index) => [name.toLowerCase(), 1000 + index] as const);
    for (const [name, port] of ours) await store.bindPort(name, port);
    t.strictSame(
      python(PYTHON_READS, null, store.path),
      ours.map(([name, port]) => [name, `${port}`]),
    );

    python(PYTHON_ADDS, [['theirs', 2000]], store.path);
    t.strictSame([...(await store.boundPorts())], [...ours, ['theirs', 2000]]);
    await store.unbindPort('theirs');
    await store.bindPort('last', 3000);
    t.strictSame([...(await store.boundPorts())], [...ours, ['last', 3000]]);
    t.equal((python(PYTHON_READS, null, store.path) as unknown[]).length, ours.length + 1);
    t.match(read(), /^\[DEFAULT\]\nfoo = 1000\n/);
  },
);

t.test('an empty file and one without a section are filled', async (t) => {
  for (const text of ['', '# ports of this machine\n']) {
    const { store, read } = newStore(t, text);
    await store.bindPort('a', 80);
    t.equal(read(), `${text}[DEFAULT]\na = 80\n`);
  }
});

t.test('a folder that has the name of the file is left alone', async (t) => {
  const { store } = newStore(t);
  mkdirSync(store.path);
  writeFileSync(join(store.path, 'inside'), '');
  await t.rejects(store.bindPort('a', 80), /it is a folder/);
  t.strictSame(readdirSync(store.path), ['inside']);
});

t.test('a name is not moved to the port of another one', async (t) => {
  const store = new PortStore(join(t.testdir(), 'port-for.conf'));
  await store.bindPort('web', 20_001);
  await store.bindPort('db', 20_002);
  await t.rejects(store.rebindPort('web', 20_002), { code: 'ERR_PORT_CONFLICT' });
  t.throws(() => store.rebindPortSync('web', 20_002), { code: 'ERR_PORT_CONFLICT' });
  t.strictSame(
    [...store.boundPortsSync()],
    [
      ['web', 20_001],
      ['db', 20_002],
    ],
  );
});

t.test('a name that another writer binds while we wait for the file keeps its port', async (t) => {
  const { store, read } = newStore(t, '');
  utimesSync(store.path, 1, 1);
  const folder = new Folder(dirname(store.path));
  const gate = Gate.tryTake(folder, 'port-for.conf');
  t.ok(gate);
  // It has read the file when it returns, and waits for the gate.
  const bound = store.bindPort('web');
  await new Promise((resolve) => setTimeout(resolve, 20));
  const text = '[DEFAULT]\nweb = 5555\n';
  writeFileSync(store.path, text);
  utimesSync(store.path, 1, 1);
  gate?.leave();
  folder.close();
  t.equal(await bound, 5555);
  t.equal(read(), text);
});
