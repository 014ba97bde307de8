import { homedir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { defaultConfigPath, isUserConfigPath, userConfigPath } from '../../lib/store/config-path';

function withEnvironment(t: Test, changes: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(changes)) {
    const before = process.env[name];
    t.teardown(() => set(name, before));
    set(name, value);
  }
}

function set(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

const NOT_WINDOWS = process.platform === 'win32' ? 'the folders of Windows are others' : false;

t.test(
  'the default is the file of the machine for root, and their own for others',
  {
    skip: NOT_WINDOWS,
  },
  async (t) => {
    const expected = process.getuid?.() === 0 ? '/etc/port-for.conf' : userConfigPath();
    withEnvironment(t, { PORT_FOR_CONFIG: undefined });
    t.equal(defaultConfigPath(), expected);
    withEnvironment(t, { PORT_FOR_CONFIG: '' });
    t.equal(defaultConfigPath(), expected);
  },
);

t.test('PORT_FOR_CONFIG names another default', async (t) => {
  withEnvironment(t, { PORT_FOR_CONFIG: '/srv/ports.conf' });
  t.equal(defaultConfigPath(), '/srv/ports.conf');
});

t.test('the file of a user is in the XDG config home', { skip: NOT_WINDOWS }, async (t) => {
  withEnvironment(t, { XDG_CONFIG_HOME: '/srv/config/' });
  t.equal(userConfigPath(), '/srv/config/port-for.conf');
  t.equal(isUserConfigPath('/srv/config/port-for.conf'), true);
  t.equal(isUserConfigPath('/srv/port-for.conf'), false);
  withEnvironment(t, { XDG_CONFIG_HOME: undefined });
  t.equal(userConfigPath(), join(homedir(), '.config', 'port-for.conf'));
});

t.test('a relative XDG_CONFIG_HOME counts for nothing', { skip: NOT_WINDOWS }, async (t) => {
  withEnvironment(t, { XDG_CONFIG_HOME: 'config', HOME: '/home/somebody' });
  t.equal(userConfigPath(), '/home/somebody/.config/port-for.conf');
});

t.test('without a home folder there is no file of the user', { skip: NOT_WINDOWS }, async (t) => {
  withEnvironment(t, { XDG_CONFIG_HOME: undefined, HOME: '' });
  t.throws(() => userConfigPath(), { code: 'ERR_PORT_NO_HOME', message: /set HOME/ });
  t.equal(isUserConfigPath('.config/port-for.conf'), false);
});
