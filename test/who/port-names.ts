import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { PortStore } from '../../lib/store/port-store';
import { nameInWords, portNames } from '../../lib/who/port-names';
import { withEnvironment } from '../support/environment';

t.test('the names of a file are told by port, those of checkouts with their folder', (t) => {
  const folder = realpathSync(t.testdir({ shop: { '.git': {} } }));
  const config = join(folder, 'port-for.conf');
  const store = new PortStore(config);
  store.bindPortSync('web', 7000);
  store.project(join(folder, 'shop')).bindPortSync('api', 7001);
  const names = portNames(config);
  t.strictSame(names.get(7000), [{ name: 'web', config }]);
  t.strictSame(names.get(7001), [{ name: 'api', config, folder: join(folder, 'shop') }]);
  t.equal(names.size, 2);
  t.end();
});

t.test('without a file those of this user count, each once', (t) => {
  const folder = t.testdir({ 'port-for.conf': '[DEFAULT]\nweb = 7000\n' });
  const config = join(folder, 'port-for.conf');
  withEnvironment(t, { PORT_FOR_CONFIG: config, XDG_CONFIG_HOME: folder });
  t.strictSame(portNames().get(7000), [{ name: 'web', config }]);
  withEnvironment(t, { PORT_FOR_CONFIG: join(folder, 'none') });
  t.strictSame(portNames().get(7000), [{ name: 'web', config }], "the user's own");
  t.end();
});

t.test('a port has all its names, each from the file that says so', (t) => {
  const folder = t.testdir({
    'machine.conf': '[DEFAULT]\nweb = 7000\n',
    'port-for.conf': '[DEFAULT]\nshop = 7000\napi = 7001\n',
  });
  const [machine, own] = [join(folder, 'machine.conf'), join(folder, 'port-for.conf')];
  withEnvironment(t, { PORT_FOR_CONFIG: machine, XDG_CONFIG_HOME: folder });
  t.strictSame(
    [...portNames()],
    [
      [
        7000,
        [
          { name: 'web', config: machine },
          { name: 'shop', config: own },
        ],
      ],
      [7001, [{ name: 'api', config: own }]],
    ],
  );
  t.strictSame([...portNames(own).keys()], [7000, 7001], 'one file alone has its own');
  t.strictSame(portNames(own).get(7000), [{ name: 'shop', config: own }]);
  t.end();
});

t.test("a name of the machine's file, which a user's own store tells of too, is told once", (t) => {
  const [machine, own] = ['/etc/port-for.conf', '/home/ann/.config/port-for.conf'];
  const told = [
    { name: 'web', port: 7000, path: machine },
    { name: 'shop', port: 7001, path: own },
  ];
  class PortStore {
    constructor(readonly path: string) {}
    associationsSync() {
      return told.filter(({ path }) => path === machine || path === this.path);
    }
  }
  const { portNames } = t.mockRequire<typeof import('../../lib/who/port-names')>('../../lib/who/port-names', {
    '../../lib/store/port-store': { PortStore },
    '../../lib/store/config-path': { defaultConfigPath: () => machine, userConfigPath: () => own },
  });
  t.strictSame(
    [...portNames()],
    [
      [7000, [{ name: 'web', config: machine }]],
      [7001, [{ name: 'shop', config: own }]],
    ],
  );
  t.end();
});

t.test('a file that cannot be read has no names', (t) => {
  t.equal(portNames(join(t.testdir({ broken: '[' }), 'broken')).size, 0);
  t.equal(portNames(t.testdir({})).size, 0);
  t.end();
});

t.test('a name is written with its checkout, without what moves a cursor', (t) => {
  t.equal(nameInWords({ name: 'we b' }), '"we b"');
  t.equal(nameInWords({ name: 'web', folder: '/home/ann/a\nb' }), '"web" of /home/ann/a?b');
  t.end();
});
