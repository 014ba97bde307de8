import * as fs from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import {
  defaultConfigPath,
  isUserConfigPath,
  systemConfigPath,
  userConfigPath,
} from '../../lib/store/config-path';
import { withEnvironment } from '../support/environment';

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

t.test('the rights of a user decide where names are kept', { skip: NOT_WINDOWS }, (t) => {
  const { R_OK: R, W_OK: W, X_OK: X } = fs.constants;
  let rights: Record<string, number> = {};
  let refused: readonly string[] = [];
  const accessSync = (path: string, mode: number) => {
    const allowed = rights[path];
    const code = allowed === undefined ? 'ENOENT' : 'EACCES';
    if (((allowed ?? 0) & mode) !== mode) throw Object.assign(new Error(code), { code, syscall: 'access' });
  };
  const mocked = t.mockRequire<typeof import('../../lib/store/config-path')>('../../lib/store/config-path', {
    'node:fs': { ...fs, accessSync },
    // As Windows does where another user made the file.
    '../../lib/store/machine-file': {
      checkMachineFile: (_: string, action: string) => {
        if (refused.includes(action)) throw new Error('refused');
      },
    },
  });
  withEnvironment(t, { PORT_FOR_CONFIG: undefined, XDG_CONFIG_HOME: '/srv/config' });
  const machine = '/etc/port-for.conf';
  const own = '/srv/config/port-for.conf';
  const isMachines = (all: Record<string, number>) => {
    rights = all;
    const { path } = mocked.configPlace();
    t.equal(path === machine, mocked.canWrite(machine));
    return path === machine;
  };
  t.equal(isMachines({ [machine]: R | W, '/etc': X }), true);
  t.equal(isMachines({ [machine]: R, '/etc': R | W | X }), false, 'a file that may only be read');
  t.equal(isMachines({ [machine]: W, '/etc': R | W | X }), false, 'a file that may only be written');
  t.equal(isMachines({ '/etc': W | X }), true, 'a file that can be made');
  t.equal(isMachines({ '/etc': R | X }), false);
  t.equal(isMachines({ '/etc': R | W }), false);
  t.equal(isMachines({}), false);
  const ofOthers = { path: machine, hasNames: true };
  t.strictSame(mocked.configPlace(), { path: own, machine: ofOthers });
  refused = ['read', 'write'];
  t.strictSame(mocked.configPlace(), { path: own, machine: { path: machine, hasNames: false } });
  rights = { [machine]: R | W };
  refused = ['write'];
  t.strictSame(mocked.configPlace(), { path: own, machine: ofOthers });
  refused = [];
  // A file that is named stands alone, unless it is the user's own or no file at all.
  t.strictSame(mocked.configPlace('/srv/a.conf'), { path: '/srv/a.conf' });
  for (const path of [own, 'etcd://127.0.0.1:2379/ports'])
    t.strictSame(mocked.configPlace(path), { path, machine: { path: machine, hasNames: false } });
  process.env.PORT_FOR_CONFIG = '/srv/b.conf';
  t.strictSame(mocked.configPlace(), { path: '/srv/b.conf' });
  t.strictSame(mocked.configPlace('/srv/a.conf'), { path: '/srv/a.conf' });
  t.end();
});

t.test('on Windows the files are where its variables say', { skip: NOT_WINDOWS }, async (t) => {
  const inFolder = (folder: string) => join(folder, 'port-for.conf');
  const places = { PORT_FOR_CONFIG: undefined, XDG_CONFIG_HOME: undefined, HOME: '/home/me' };
  withEnvironment(t, { ...places, APPDATA: '/roaming', ProgramData: '/data' });
  t.equal(systemConfigPath(), '/etc/port-for.conf', 'elsewhere they say nothing');
  t.equal(userConfigPath(), inFolder('/home/me/.config'));
  t.intercept(process, 'platform', { value: 'win32' });
  t.equal(systemConfigPath(), inFolder('/data'));
  t.equal(userConfigPath(), inFolder('/roaming'));
  withEnvironment(t, { APPDATA: 'relative', ProgramData: undefined });
  t.equal(systemConfigPath(), inFolder('C:\\ProgramData'));
  t.equal(userConfigPath(), inFolder('/home/me/.config'));
  withEnvironment(t, { APPDATA: '/roaming', XDG_CONFIG_HOME: '/xdg' });
  t.equal(userConfigPath(), inFolder('/xdg'));
});

t.test('on Windows a file may be written if it can be opened so', async (t) => {
  const folder = t.testdir({ file: '', sub: {} });
  const opened: (string | number)[] = [];
  const mocked = t.mockRequire<typeof import('../../lib/store/config-path')>('../../lib/store/config-path', {
    'node:fs': {
      ...fs,
      openSync: (path: string, flags: string) => {
        const fd = fs.openSync(path, flags);
        opened.push(fd);
        return fd;
      },
      closeSync: (fd: number) => {
        opened.splice(opened.indexOf(fd), 1);
        fs.closeSync(fd);
      },
    },
  });
  t.intercept(process, 'platform', { value: 'win32' });
  t.equal(mocked.canWrite(join(folder, 'file')), true);
  t.equal(mocked.canWrite(join(folder, 'none')), true, 'one that is missing is made');
  t.equal(mocked.canWrite(join(folder, 'sub')), false);
  t.strictSame(opened, []);
});

t.test('a home folder that is no absolute path, or cannot be told, is none', { skip: NOT_WINDOWS }, (t) => {
  withEnvironment(t, { XDG_CONFIG_HOME: undefined });
  for (const homedir of [
    () => 'home',
    () => {
      throw new Error('no such user');
    },
  ]) {
    const mocked = t.mockRequire<typeof import('../../lib/store/config-path')>(
      '../../lib/store/config-path',
      { 'node:os': { homedir } },
    );
    t.throws(() => mocked.userConfigPath(), { code: 'ERR_PORT_NO_HOME' });
    t.equal(mocked.isUserConfigPath('home/.config/port-for.conf'), false);
  }
  t.end();
});
