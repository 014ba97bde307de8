import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { declaredPorts } from '../../lib/store/declared-ports';

const read = (folder: string) => [...declaredPorts(folder)];

t.test('names are declared one a line, with or without the port that they prefer', async (t) => {
  const text = '\ufeff# what we need\r\n[DEFAULT]\r\n\r\nWeb = 3000\r\n  db\r\n; no\r\napi:4000\rmy app';
  t.strictSame(read(t.testdir({ '.ports': text })), [
    ['web', 3000],
    ['db', undefined],
    ['api', 4000],
    ['my app', undefined],
  ]);
});

t.test('without a file nothing is declared', async (t) => {
  t.strictSame(read(t.testdir()), []);
  t.strictSame(read(t.testdir({ '.ports': '\n# later\n' })), []);
  t.throws(() => read(join(t.testdirName, 'none')), { code: 'ERR_PORT_NO_FOLDER' });
});

t.test('an invalid line is named with its file', async (t) => {
  for (const [text, line, problem] of [
    ['web\nweb = 1\n', 2, /"web" is declared twice/],
    ['web = x\n', 1, /"x" is not a port/],
    ['web = 0x50\n', 1, /"0x50" is not a port/],
    ['web = 8e1\n', 1, /"8e1" is not a port/],
    ['web =\n', 1, /"" is not a port/],
    ['web = 70000\n', 1, /"70000" is not a port/],
    ['\n= 80\n', 2, /name "" is empty/],
    ['[other]\n', 1, /name "\[other\]" begins with/],
  ] as const) {
    const folder = t.testdir({ '.ports': text });
    t.throws(() => declaredPorts(folder), { code: 'ERR_PORT_CONFIG', line, message: problem }, text);
  }
});

t.test('a file that cannot be read is an error', async (t) => {
  const folder = t.testdir();
  mkdirSync(join(folder, '.ports'));
  t.throws(() => declaredPorts(folder), { code: 'ERR_PORT_CONFIG_ACCESS', systemCode: 'EISDIR' });
});
