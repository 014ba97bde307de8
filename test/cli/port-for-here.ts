import '../support/alone';

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { PortStore } from '../../lib/store/port-store';
import { type Outcome, portFor, run } from '../support/command';
import { distPath } from '../support/dist';

const done = (stdout: string) => ({ code: 0, stdout, stderr: '' });

/** A folder outside of any checkout, and the command in a folder below it. */
function newPlace(t: Test) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'port-for-here-')));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'port-for.conf');
  const call = (cwd: string, words: string[], settings: Record<string, string> = {}): Promise<Outcome> =>
    run('env', ['-C', join(folder, cwd), process.execPath, distPath('port-for.js'), ...words], {
      PORT_FOR_CONFIG: config,
      ...settings,
    });
  const make = (path: string, content = '') => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  return { folder, store: new PortStore(config), call, make };
}

const NO_ENV = spawnSync('env', ['-C', '/', 'true']).status === 0 ? false : 'env cannot change the folder';

t.test('--here means the checkout one stands in, --project names one', { skip: NO_ENV }, async (t) => {
  const { folder, call, make } = newPlace(t);
  make('a/.git');
  make('a/src/deep/x');
  make('b/.git');
  const here = await call('a', ['--here', 'web']);
  t.match(here, { code: 0, stdout: /^\d+\n$/, stderr: '' });
  t.strictSame(await call('a/src/deep', ['web', '--here']), here);
  t.strictSame(await call('b', ['web', '--project', '../a']), here);
  t.strictSame(await call('b', ['web', '--project', join(folder, 'a')]), here);
  const other = await call('b', ['--here', 'web']);
  t.not(other.stdout, here.stdout);
  t.strictSame(await call('b', ['--here', '--list']), done(`web: ${other.stdout}`));
  t.strictSame(JSON.parse((await call('b', ['--here', '--list', '--json'])).stdout), [
    {
      name: 'web',
      port: Number(other.stdout),
      folder: join(folder, 'b'),
      path: join(folder, 'port-for.conf'),
    },
  ]);
  t.strictSame(await call('b', ['--list']), done(''));
  t.strictSame(await call('b', ['--here', '--unbind', 'web']), done(''));
  t.strictSame(await call('b', ['--here', '--list']), done(''));
  t.match(await call('b', ['--here', '--unbind', 'web']), {
    code: 1,
    stderr: /"web" has no port in .* of .*b: /,
  });
});

t.test('PORT_FOR_HERE makes --here the default', { skip: NO_ENV }, async (t) => {
  const { call, make, store, folder } = newPlace(t);
  make('a/.git');
  const { stdout } = await call('a', ['web'], { PORT_FOR_HERE: '1' });
  t.equal(store.project(join(folder, 'a')).boundPortsSync().get('web'), Number(stdout));
  for (const off of ['', '0', 'no', 'false']) {
    t.strictSame(await call('a', ['--list'], { PORT_FOR_HERE: off }), done(''), off);
  }
});

t.test('a command is run with the port of its checkout', { skip: NO_ENV }, async (t) => {
  const { call, make } = newPlace(t);
  make('a/.git');
  make('b/.git');
  const [a, b] = await Promise.all(
    ['a', 'b'].map((cwd) => call(cwd, ['--here', '--run', 'web', '--', 'sh', '-c', 'echo $WEB_PORT'])),
  );
  t.match(a, { code: 0, stderr: '' });
  t.match(b, { code: 0, stderr: '' });
  t.not(a?.stdout, b?.stdout);
  t.strictSame(await call('a', ['--here', 'web']), a);
});

t.test('.ports declares the names, and the ports that they prefer', { skip: NO_ENV }, async (t) => {
  const { call, make, store } = newPlace(t);
  const free = store.bindPortSync('probe');
  store.unbindPortSync('probe');
  make('a/.ports', `# ours\nweb = ${free}\ndb\n`);
  make('b/.ports', `web = ${free}\n`);
  make('c/.ports', '# nothing\n');
  const ports = await call('a', ['--here']);
  t.match(ports, { code: 0, stdout: new RegExp(`^${free}\n\\d+\n$`), stderr: '' });
  t.strictSame(
    await call('a', ['--here', '--run', '--', 'sh', '-c', 'echo $WEB_PORT; echo $DB_PORT']),
    ports,
  );
  t.not((await call('b', ['--here', 'web'])).stdout, `${free}\n`, 'somebody has it');
  t.match(
    JSON.parse((await call('b', ['--here', '--json'])).stdout),
    [{ name: 'web' }],
    'a list, even of one: who declares another breaks nobody',
  );
  t.match(await call('c', ['--here']), {
    code: 2,
    stderr: /the name is missing, and .*c has no file \.ports/,
  });
  t.match(await call('a', []), { code: 2, stderr: /the name is missing\n/ });
});

const GIT = spawnSync('git', ['--version']).status === 0 ? false : 'there is no git';

t.test(
  'worktrees of git are checkouts, also when they are moved and removed',
  { skip: GIT || NO_ENV },
  async (t) => {
    const { folder, call, store } = newPlace(t);
    const git = (...words: string[]) => {
      const settings = ['-c', 'user.name=t', '-c', 'user.email=t@localhost', '-c', 'init.defaultBranch=main'];
      const { status, stderr } = spawnSync('git', [...settings, '-C', join(folder, 'main'), ...words], {
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(stderr);
    };
    mkdirSync(join(folder, 'main'));
    git('init', '-q');
    git('commit', '-q', '--allow-empty', '-m', 'first');
    const trees = Array.from({ length: 9 }, (_, index) => `tree${index}`);
    for (const tree of trees) git('worktree', 'add', '-q', join('..', tree));
    const ports = await Promise.all(['main', ...trees].map((tree) => call(tree, ['--here', 'web', 'db'])));
    t.equal(new Set(ports.flatMap(({ stdout }) => stdout.trim().split('\n'))).size, 20);

    git('worktree', 'move', '../tree0', '../moved');
    git('worktree', 'remove', '../tree1');
    const moved = await call('moved', ['--here', 'web']);
    t.notOk(ports[1]?.stdout.includes(moved.stdout), 'a moved worktree is another one');
    const dryRun = await call('main', ['--prune', '--dry-run']);
    t.equal(dryRun.stdout.trimEnd().split('\n').length, 4);
    t.match(dryRun.stdout, new RegExp(`^web: \\d+ of ${folder}/tree0$`, 'm'));
    t.equal(store.associationsSync().length, 21);
    t.strictSame(await call('main', ['--prune']), dryRun);
    t.strictSame(await call('main', ['--prune', '--json']), done('[]\n'));
    t.equal(store.associationsSync().length, 17);
    t.strictSame(await call('main', ['--here', 'web', 'db']), ports[0]);
  },
);

t.test('many checkouts at once get as many ports', { skip: NO_ENV }, async (t) => {
  const { folder, call, make, store } = newPlace(t);
  const NAMES = ['web', 'api', 'db', 'cache', 'mail'];
  // The long form: TORTURE_CHECKOUTS=1000.
  const count = Number(process.env.TORTURE_CHECKOUTS) || 12;
  const checkouts = Array.from({ length: count }, (_, index) =>
    index % 2 === 0 ? `app${index}` : `App${index - 1}`,
  );
  for (const checkout of checkouts) make(`${checkout}/.git`);
  const queue = checkouts.flatMap((checkout) => NAMES.map((name) => [checkout, name] as const));
  const all = [...queue];
  const got = new Map<string, string>();
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { code, stdout, stderr } = await call(next[0], ['--here', next[1]]);
      if (code !== 0) t.fail(stderr);
      got.set(next.join(), stdout.trim());
    }
  };
  await Promise.all(Array.from({ length: 40 }, work));
  t.equal(new Set(got.values()).size, all.length);
  const kept = store.associationsSync();
  t.equal(kept.length, all.length);
  for (const { name, port, folder: of = '' } of kept)
    t.equal(got.get([of.slice(folder.length + 1), name].join()), `${port}`);
  t.match(readFileSync(store.path, 'utf8'), new RegExp(`\\[${folder}/App0\\]`));
});

t.test('a folder that is not there is refused', { skip: NO_ENV }, async (t) => {
  const { call } = newPlace(t);
  t.match(await call('.', ['web', '--project', 'none']), {
    code: 1,
    stderr: /there is no folder "none" \(ENOENT\)/,
  });
  t.match(await call('.', ['web', '--project', '']), { code: 2, stderr: /folder "" names no folder/ });
  t.match(await call('.', ['web', '--project', 'x', '--here']), {
    code: 2,
    stderr: /--here does not go with --project/,
  });
});

t.test('the words of a call that only looks like a name', { skip: NO_ENV }, async (t) => {
  const { folder } = newPlace(t);
  const settings = { PORT_FOR_CONFIG: join(folder, 'port-for.conf') };
  for (const [word, meant] of [
    ['list', /did you mean --list\? For a name: --bind list\n/],
    ['help', /did you mean --help\?/],
    ['Scan', /did you mean --scan\?/],
    ['8080', /a port is given by NAME --port 8080\. For a name: --bind 8080\n/],
  ] as const) {
    t.match(await portFor([word], settings), { code: 2, stdout: '', stderr: meant });
  }
  t.match(await portFor(['--bind', 'list'], settings), { code: 0, stdout: /^\d+\n$/ });
  t.match(await portFor(['list'], settings), { code: 0, stdout: /^\d+\n$/ }, 'it has a port by now');
});
