import '../support/alone';

import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { PortStore } from '../../lib/store/port-store';
import { portFor, run } from '../support/command';
import { NO_MODES, NO_SYMLINKS } from '../support/file-system';

const done = (stdout: string) => ({ code: 0, stdout, stderr: '' });

/** A config file with two names, and the words that name it. */
function newPlace(t: Test) {
  const folder = t.testdir({ 'port-for.conf': '[DEFAULT]\nweb = 29952\nmy-db = 24317\n' });
  const config = join(folder, 'port-for.conf');
  return { folder, words: ['--config', config], store: new PortStore(config) };
}

t.test('ports are printed as lines that files and shells take', async (t) => {
  const { words, store } = newPlace(t);
  t.strictSame(
    await portFor([...words, '--env', 'web', 'My-DB']),
    done('WEB_PORT=29952\nMY_DB_PORT=24317\n'),
  );
  t.strictSame(await portFor([...words, '--export', 'web']), done('export WEB_PORT=29952\n'));
  t.strictSame(await portFor([...words, '--env', '--export', 'web']), done('export WEB_PORT=29952\n'));
  t.strictSame(
    await portFor([...words, '--env', '--json', 'web', 'my-db']),
    done('{"WEB_PORT":29952,"MY_DB_PORT":24317}\n'),
  );
  const picked = await portFor([...words, '--env', 'new']);
  t.strictSame(picked, done(`NEW_PORT=${store.boundPortsSync().get('new')}\n`));
});

t.test('a variable that no shell can read is mended, and said', async (t) => {
  const { words } = newPlace(t);
  t.match(await portFor([...words, '--env', '8080']), {
    code: 0,
    stdout: /^_8080_PORT=\d+\n$/,
    stderr: /^port-for: "8080" is _8080_PORT: no shell reads a variable that begins with a digit\n$/,
  });
  t.match(await portFor([...words, '--env', 'a-b', 'a.b']), {
    code: 2,
    stderr: /"a-b" and "a\.b" are both A_B_PORT/,
  });
});

t.test('shells and their eval take the lines', async (t) => {
  const { words } = newPlace(t);
  const { stdout } = await portFor([...words, '--export', 'web', 'my-db']);
  for (const shell of ['sh', 'bash', 'dash', 'zsh', 'fish']) {
    if (spawnSync(shell, ['-c', 'true']).status !== 0) {
      t.comment(`skipped: there is no ${shell}`);
      continue;
    }
    t.match(await run(shell, ['-c', `${stdout}env | grep _PORT= | sort`]), {
      stdout: /MY_DB_PORT=24317\n(.*\n)*WEB_PORT=29952\n/,
    });
  }
});

t.test('a file is changed in place, keeps its mode, and a second run touches nothing', async (t) => {
  const { folder, words } = newPlace(t);
  const path = join(folder, '.env');
  // Of no matter which encoding.
  writeFileSync(path, 'A=\xff\xfe\r\nexport WEB_PORT="3000" # web\r\n# end', 'latin1');
  chmodSync(path, 0o600);
  const call = () => portFor([...words, '--env-file', path, 'web', 'my-db']);
  t.strictSame(await call(), done(''));
  const text = 'A=\xff\xfe\r\nexport WEB_PORT="29952" # web\r\n# end\r\nMY_DB_PORT=24317\r\n';
  t.equal(readFileSync(path, 'latin1'), text);
  const { ino, mtimeMs, mode } = statSync(path);
  t.equal(mode & 0o777, 0o600, { skip: NO_MODES });
  t.strictSame(await call(), done(''));
  t.match(statSync(path), { ino, mtimeMs });
  t.strictSame(readdirSync(folder).sort(), ['.env', 'port-for.conf']);
});

t.test('a file that is missing is made', async (t) => {
  const { folder, words } = newPlace(t);
  t.strictSame(await portFor([...words, '-f', join(folder, '.env'), 'web']), done(''));
  t.equal(readFileSync(join(folder, '.env'), 'utf8'), 'WEB_PORT=29952\n');
  t.match(await portFor([...words, '-f', join(folder, 'none/.env'), 'web']), {
    code: 1,
    stderr: /^port-for: cannot write .*none[\\/]\.env: folder .*none does not exist \(ENOENT\)/,
  });
});

t.test('a symbolic link stays one, and the file behind it is made', { skip: NO_SYMLINKS }, async (t) => {
  const { folder, words } = newPlace(t);
  symlinkSync('real.env', join(folder, '.env'));
  t.strictSame(await portFor([...words, '-f', join(folder, '.env'), 'web']), done(''));
  t.equal(readFileSync(join(folder, 'real.env'), 'utf8'), 'WEB_PORT=29952\n');
});

t.test('writers at once lose nothing of one another', async (t) => {
  const { folder, words } = newPlace(t);
  const path = join(folder, '.env');
  const names = Array.from({ length: 12 }, (_, index) => `app${index}`);
  await Promise.all(names.map((name) => portFor([...words, '-f', path, name])));
  t.equal(readFileSync(path, 'utf8').trimEnd().split('\n').length, names.length);
});

t.test('what does not go together is refused', async (t) => {
  const { words } = newPlace(t);
  for (const [call, message] of [
    [['--env'], /the name is missing/],
    [['--export', '--json', 'web'], /--export does not go with --json/],
    [['--env', '--list'], /--list does not go with --env/],
    [['-f', 'web'], /the name is missing/],
    [['--export', '--temp', 'web'], /--export does not go with --temp/],
  ] as const) {
    t.match(await portFor([...words, ...call]), { code: 2, stdout: '', stderr: message });
  }
});
