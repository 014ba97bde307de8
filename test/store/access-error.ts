import t from 'tap';
import { PortForError } from '../../lib/errors/port-for-error';
import { hasCode, toAccessError } from '../../lib/store/access-error';

const PATH = '/srv/conf/port-for.conf';

function systemError(code: string, values: object = {}): Error {
  return Object.assign(new Error(`${code}: as the system says`), {
    code,
    syscall: 'open',
    path: PATH,
    ...values,
  });
}

t.test('each fault of the system is told with its way out', (t) => {
  for (const [error, systemCode, problem] of [
    [systemError('EACCES'), 'EACCES', 'permission denied (EACCES): use a file that you may write'],
    [systemError('EPERM'), 'EPERM', 'permission denied (EPERM): use a file that you may write'],
    [systemError('EISDIR'), 'EISDIR', 'it is a folder (EISDIR): use another file'],
    [
      systemError('ENOENT'),
      'ENOENT',
      'folder /srv/conf does not exist (ENOENT): make it, or use another file',
    ],
    [systemError('ENOTDIR'), 'ENOTDIR', '/srv/conf is not a folder (ENOTDIR): use another file'],
    [systemError('EROFS'), 'EROFS', 'the file system is read-only (EROFS): use another file'],
    [systemError('ENOSPC'), 'ENOSPC', 'no space is left (ENOSPC): make room, or use another file'],
    [systemError('EDQUOT'), 'EDQUOT', 'no space is left (EDQUOT): make room, or use another file'],
    [
      systemError('EMFILE'),
      'EMFILE',
      'too many open files (EMFILE): raise the limit of open files (ulimit -n)',
    ],
    [
      systemError('ENFILE'),
      'ENFILE',
      'too many open files (ENFILE): raise the limit of open files (ulimit -n)',
    ],
    [systemError('EIO'), 'EIO', 'EIO: as the system says (EIO): use another file'],
    [
      systemError('ENOENT', { syscall: 'lstat', path: '/srv' }),
      'ENOENT',
      'folder /srv does not exist (ENOENT): make it, or use another file',
    ],
    [
      systemError('ENOTDIR', { syscall: 'fstat', path: undefined }),
      'ENOTDIR',
      '/srv/conf is not a folder (ENOTDIR): use another file',
    ],
  ] as const) {
    for (const action of ['read', 'write'] as const)
      t.match(toAccessError(error, PATH, action), {
        code: 'ERR_PORT_CONFIG_ACCESS',
        path: PATH,
        systemCode,
        message: `cannot ${action} ${PATH}: ${problem}`,
        cause: error,
      });
  }
  t.end();
});

t.test(
  'an error that Node has no name for has that of the kernel',
  { skip: process.platform !== 'linux' && 'errors have other numbers' },
  (t) => {
    const unknown = systemError('Unknown system error -122', { errno: -122 });
    t.match(toAccessError(unknown, PATH, 'write'), { systemCode: 'EDQUOT' });
    t.equal(hasCode(unknown, ['ENOSPC', 'EDQUOT']), true);
    const nameless = systemError('Unknown system error -9999', { errno: -9999 });
    t.match(toAccessError(nameless, PATH, 'write'), { systemCode: 'Unknown system error -9999' });
    t.end();
  },
);

t.test('errors that no call of the system made are passed on', (t) => {
  const ours = Object.assign(new PortForError('ERR_PORT_X', 'ours'), { syscall: 'open' });
  for (const error of [
    ours,
    new TypeError('a fault of the program'),
    Object.assign(new Error('no call'), { code: 'ENOENT' }),
    Object.assign(new Error('no code'), { syscall: 'open' }),
    Object.assign(new Error('a number'), { syscall: 'open', code: 2 }),
    { code: 'ENOENT', syscall: 'open' },
    'ENOENT',
  ]) {
    t.equal(toAccessError(error, PATH, 'read'), error);
    t.equal(hasCode(error, ['ENOENT', 'ERR_PORT_X']), false);
  }
  t.end();
});
