import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { PortForError } from '../../lib/errors/port-for-error';
import { StopRefusedError } from '../../lib/stop/errors';
import { AssociationConflictError, ConfigAccessError } from '../../lib/store/errors';
import { withEnvironment } from '../support/environment';

interface Setting {
  /** The user's own file; undefined where there is no home folder. */
  readonly own?: string;
  /** Which files this process may write. */
  readonly writable?: readonly string[];
}

/** The advice on an error for a user with such files. */
function advise(t: Test, error: Error, { own, writable = [] }: Setting = {}): string {
  const { adviceOn } = t.mockRequire<typeof import('../../lib/cli/advice')>('../../lib/cli/advice', {
    '../../lib/store/config-path': {
      canWrite: (path: string) => writable.includes(path),
      userConfigPath: () => {
        if (own === undefined) throw new Error('no home');
        return own;
      },
    },
    '../../lib/store/errors': { AssociationConflictError, ConfigAccessError },
    '../../lib/stop/errors': { StopRefusedError },
  });
  return adviceOn(error);
}

const denied = (path: string, code = 'EACCES') => new ConfigAccessError(path, code, 'cannot write');

function inRuntimeFolder(t: Test, folder: string | undefined): void {
  withEnvironment(t, { XDG_RUNTIME_DIR: folder });
}

t.test('where a file cannot be used, one that can is named', async (t) => {
  inRuntimeFolder(t, '/run/user/7');
  const own = join(t.testdir({ 'port-for.conf': '' }), 'port-for.conf');
  const failed = denied('/etc/port-for.conf');
  t.equal(advise(t, failed, { own, writable: [own] }), ' (--user)');
  const runtime = '/run/user/7/port-for.conf';
  const here = join(process.cwd(), 'port-for.conf');
  t.equal(advise(t, failed, { own, writable: [runtime, here] }), ` (--config ${runtime})`);
  t.equal(advise(t, failed, { writable: [here] }), ` (--config ${here})`, 'no home folder');
  const other = join(tmpdir(), `port-for-${process.getuid?.() ?? 'user'}.conf`);
  if (process.getuid !== undefined) t.equal(advise(t, failed), ` (--config ${other})`);
  t.match(advise(t, denied(own), { own, writable: [own, here] }), '(--config ', 'not the one that failed');
  inRuntimeFolder(t, '/run/\u001buser');
  const odd = '/run/\u001buser/port-for.conf';
  t.equal(advise(t, failed, { writable: [odd] }), ' (--config /run/\\x1buser/port-for.conf)');
  const homeless = new PortForError('ERR_PORT_NO_HOME', 'the home folder is unknown');
  t.equal(advise(t, homeless, { writable: [odd] }), ' (--config /run/\\x1buser/port-for.conf)');
  inRuntimeFolder(t, '');
  t.equal(advise(t, failed, { writable: ['port-for.conf', here] }), ` (--config ${here})`);
  inRuntimeFolder(t, '/run/user/7');
  t.equal(advise(t, denied(runtime), { writable: [runtime, here] }), ` (--config ${here})`);
});

t.test('the folder of the own file may be one that is yet to be made', async (t) => {
  const home = t.testdir({});
  const own = join(home, '.config', 'deep', 'port-for.conf');
  const failed = denied('/etc/port-for.conf');
  t.equal(advise(t, failed, { own, writable: [join(home, 'port-for.conf')] }), ' (--user)');
  t.match(advise(t, failed, { own }), ' (--config ');
});

t.test('where no other file helps, none is named', async (t) => {
  for (const code of ['EMFILE', 'ENFILE']) t.equal(advise(t, denied('/etc/port-for.conf', code)), '');
  t.equal(advise(t, denied('etcd://db:2379/ports', 'ETIMEDOUT')), '');
});

t.test('without a home folder a file is to be named', async (t) => {
  inRuntimeFolder(t, undefined);
  const here = join(process.cwd(), 'port-for.conf');
  const error = new PortForError('ERR_PORT_NO_HOME', 'the home folder is unknown');
  t.equal(advise(t, error, { writable: [here] }), ` (--config ${here})`);
});

t.test('each other error has the words that help, or none', async (t) => {
  const conflict = new AssociationConflictError({ name: 'web', port: 80 }, { name: 'db', port: 80 });
  t.equal(advise(t, conflict), ' (port-for --explain 80 tells all about that port)');
  const unknown = (message: string) => new PortForError('ERR_PORT_UNKNOWN_NAME', message);
  t.equal(advise(t, unknown('"webb" has no port: did you mean "web"?')), '');
  t.equal(advise(t, unknown('"webb" has no port')), ': --list shows the names that have one');
  const refused = (refusal: 'no rights' | 'lease' | 'kernel', message: string) =>
    new StopRefusedError(refusal, message, { port: 80 } as never);
  t.equal(advise(t, refused('lease', 'it is a lease: force stops it')), ' (--force)');
  t.equal(
    advise(t, refused('no rights', 'it is another user’s')),
    ' (sudo env "PATH=$PATH" port-for --stop 80)',
  );
  t.equal(advise(t, refused('no rights', 'call it with sudo')), '');
  t.equal(advise(t, refused('lease', 'it is enforced')), '');
  t.equal(advise(t, Object.assign(new Error('use force'), { code: 'ERR_PORT_STOP_REFUSED' })), '');
  t.equal(advise(t, refused('kernel', 'it is the kernel’s')), '');
  t.equal(advise(t, new PortForError('ERR_PORT_NONE_FREE', 'none is free')), '');
});
