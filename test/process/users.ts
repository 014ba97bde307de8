import t from 'tap';
import { parsePasswd, userName, userOf } from '../../lib/process/users';

t.test('the first name of a number counts, and lines that are none are passed over', (t) => {
  const text =
    'root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/root:/bin/sh\n\n#x\nann:x:1000:1000\nbad:x:y:1\n:x:5:5\n';
  t.strictSame(
    [...parsePasswd(text)],
    [
      [0, 'root'],
      [1000, 'ann'],
    ],
  );
  t.end();
});

t.test('a user without a name goes by the number', (t) => {
  t.equal(userName(4_000_000_123), '4000000123');
  t.end();
});

t.test('a process acts as its effective user', (t) => {
  const { userOf } = t.mockRequire<typeof import('../../lib/process/users')>('../../lib/process/users', {
    '../../lib/process/proc-files': {
      attempt: () => undefined,
      readProcFile: (pid: number, file: string) =>
        pid === 9 && file === 'status' ? 'Name:\tsudo\nUid:\t1000\t0\t1\t2\nGid:\t7\t8\t9\t10\n' : undefined,
    },
  });
  t.equal(userOf(9), 0);
  t.equal(userOf(10), undefined);
  t.end();
});

t.test('a process acts as a user', { skip: process.platform !== 'linux' && '/proc is of Linux' }, (t) => {
  t.equal(userOf(process.pid), process.geteuid?.());
  t.equal(userOf(2 ** 30), undefined);
  t.end();
});
