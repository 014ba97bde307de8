import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { namesOf, openStore } from '../../../lib/cli/commands/open-store';
import { systemConfigPath, userConfigPath } from '../../../lib/store/config-path';
import { withEnvironment } from '../../support/environment';

t.test('the options of the call say which file', async (t) => {
  const config = join(t.testdir(), 'ports.conf');
  withEnvironment(t, { PORT_FOR_CONFIG: join(t.testdirName, 'usual.conf') });
  t.equal(openStore({ config }).path, config);
  t.equal(openStore({ user: true }).path, userConfigPath());
  t.equal(openStore({ system: true }).path, systemConfigPath());
  t.equal(openStore({}).path, process.env.PORT_FOR_CONFIG);
  t.equal(openStore({ store: 'etcd://127.0.0.1:2379/a' }).path, 'etcd://127.0.0.1:2379/a');
  t.throws(() => openStore({ config: '' }), { message: '--config needs the name of a file' });
  t.throws(() => openStore({ store: '/etc/ports' }), {
    message: /^--store needs a URL, .*; --config names a file$/,
  });
});

t.test('the options, or a variable, say whose names', async (t) => {
  const folder = realpathSync.native(t.testdir({ shop: { '.git': {} } }));
  const config = join(folder, 'ports.conf');
  const shop = join(folder, 'shop');
  t.equal(openStore({ config }).folder, undefined);
  t.equal(openStore({ config, project: shop }).folder, shop);
  const here = openStore({ config, here: true }).folder;
  t.type(here, 'string');
  for (const [value, folder] of [
    ['1', here],
    ['yes', here],
    ...['', '0', 'no', 'No', 'off', 'false'].map((off) => [off, undefined] as const),
  ] as const) {
    withEnvironment(t, { PORT_FOR_HERE: value });
    t.equal(openStore({ config }).folder, folder, `PORT_FOR_HERE=${value}`);
  }
  withEnvironment(t, { PORT_FOR_HERE: '0' });
  t.equal(openStore({ config, here: true }).folder, here);
  withEnvironment(t, { PORT_FOR_HERE: '1' });
  t.equal(openStore({ config, project: shop }).folder, shop, 'what the call says goes first');
});

t.test('names are folded, and each counts once', async (t) => {
  const folder = t.testdir({ shop: { '.git': {}, '.ports': 'api\nweb = 3000\n' }, bare: { '.git': {} } });
  const config = join(folder, 'ports.conf');
  const store = openStore({ config });
  t.strictSame(namesOf(['web', 'Web', 'api', 'web'], store), ['web', 'api']);
  t.throws(() => namesOf([], store), { message: 'the name is missing' });
  const of = (name: string) => namesOf([], openStore({ config, project: join(folder, name) }));
  t.strictSame(of('shop'), ['api', 'web']);
  t.throws(() => of('bare'), {
    message: /^the name is missing, and .*bare has no file \.ports that declares any$/,
  });
});
