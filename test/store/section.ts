import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { folderOf, isGone, sectionOf } from '../../lib/store/section';
import { NO_OTHER_USER, NOBODY } from '../support/privilege';

t.test('a section says its folder, whatever its name', async (t) => {
  for (const [path, section] of [
    ['/home/me/app', '/home/me/app'],
    ['/a b/ ', '/a b/ '],
    ['/für/日本', '/für/日本'],
    ['/[x]', '/%5Bx%5D'],
    ['/50%', '/50%25'],
    ['/%5B', '/%255B'],
    ['/a\nb\rc\td', '/a%0Ab%0Dc%09d'],
    ['/\u001b[31m', '/%1B%5B31m'],
    ['/\u0085\u2028', '/%C2%85%E2%80%A8'],
    ['C:\\Users\\me', 'C:\\Users\\me'],
    ['c:/Users/me', 'c:/Users/me'],
    ['\\\\server\\share', '\\\\server\\share'],
  ] as const) {
    t.equal(sectionOf(path), section);
    t.equal(folderOf(section), path);
  }
  t.equal(folderOf('/a%zz%ff'), '/a%zz%ff', 'an escape that is none of ours');
  t.equal(folderOf('DEFAULT'), undefined);
  for (const other of ['tool', 'c:tool', '\\tool', 'tool/x', '1:/tool']) t.equal(folderOf(other), undefined);
  t.equal(folderOf('/%5bf%c3%bcr%5D'), '/[f\u00fcr]', 'as others escape it');
});

t.test('a folder is gone when nothing or no folder is there', async (t) => {
  const folder = t.testdir({ file: '', there: {} });
  t.equal(isGone(join(folder, 'there')), false);
  t.equal(isGone(join(folder, 'file')), true);
  t.equal(isGone(join(folder, 'none/deeper')), true);
  t.equal(isGone(join(folder, 'file/deeper')), true);
  t.equal(isGone(join(folder, 'x'.repeat(300))), false, 'what cannot be looked at may be there');
});

t.test('a folder that this user may not look at is not gone', { skip: NO_OTHER_USER }, async (t) => {
  const folder = join(t.testdir({ closed: { there: {} } }), 'closed');
  chmodSync(folder, 0o700);
  process.seteuid?.(NOBODY);
  try {
    t.equal(isGone(join(folder, 'there')), false);
  } finally {
    process.seteuid?.(0);
  }
});
