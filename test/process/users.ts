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

t.test('a process acts as a user', { skip: process.platform !== 'linux' && '/proc is of Linux' }, (t) => {
  t.equal(userOf(process.pid), process.geteuid?.());
  t.equal(userOf(2 ** 30), undefined);
  t.end();
});
