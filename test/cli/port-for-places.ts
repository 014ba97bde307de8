import '../support/alone';

import { chmodSync, chownSync, lstatSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Outcome, portFor, run } from '../support/command';
import { distPath } from '../support/dist';
import { ASSUME_NOBODY, NOBODY, noMounts, noNobody } from '../support/privilege';

const OLD = '[DEFAULT]\nfoo = 19080\n';

/** A folder of root with a config file of the given mode and group, and the command as nobody on that file. */
function placeForNobody(t: Test, mode: number, { folderMode = 0o755, group = 0 } = {}) {
  const folder = t.testdir({ 'port-for.conf': OLD });
  const path = join(folder, 'port-for.conf');
  chownSync(path, 0, group);
  chmodSync(path, mode);
  chmodSync(folder, folderMode);
  const asNobody = (words: string, file = path) =>
    shell(`${ASSUME_NOBODY} ${process.execPath} ${distPath('port-for.js')} --config ${file} ${words}`);
  return { folder, path, asNobody };
}

/** Runs a script in a mount namespace of its own, in folder `/mnt`; `port-for` is our command. */
function inNamespace(script: string): Promise<Outcome> {
  const command = `port_for() { ${process.execPath} ${distPath('port-for.js')} "$@"; }`;
  const asNobody = `as_nobody() { ${ASSUME_NOBODY} ${process.execPath} ${distPath('port-for.js')} "$@"; }`;
  return run('unshare', [
    '-m',
    'sh',
    '-ec',
    `${command}\n${asNobody}\nmount -t tmpfs -o size=64k none /mnt\ncd /mnt\n${script}`,
  ]);
}

const shell = (script: string) => run('sh', ['-c', script]);

const NO_NOBODY = noNobody();
const NO_MOUNTS = noMounts();

t.test(
  'a file that a group may write is changed in a folder that it may not',
  { skip: NO_NOBODY },
  async (t) => {
    const { folder, path, asNobody } = placeForNobody(t, 0o664, { group: NOBODY });
    const { ino } = lstatSync(path);
    t.strictSame(await asNobody('bar --port 19081'), { code: 0, stdout: '19081\n', stderr: '' });
    t.strictSame(await asNobody('--unbind foo'), { code: 0, stdout: '', stderr: '' });
    t.equal(readFileSync(path, 'utf8'), '[DEFAULT]\nbar = 19081\n');
    t.match(statSync(path), { ino, uid: 0, gid: NOBODY, mode: 0o100664 });
    t.strictSame(readdirSync(folder), ['port-for.conf']);
  },
);

t.test('a file of another in a folder that all may write keeps its owner', { skip: NO_NOBODY }, async (t) => {
  for (const folderMode of [0o777, 0o1777]) {
    const { folder, path, asNobody } = placeForNobody(t, 0o666, { folderMode });
    t.match(await asNobody('bar --port 19081'), { code: 0, stdout: '19081\n' });
    t.equal(readFileSync(path, 'utf8'), `${OLD}bar = 19081\n`);
    t.match(statSync(path), { uid: 0, mode: 0o100666 });
    t.strictSame(readdirSync(folder), ['port-for.conf']);
  }
});

t.test('who may not write still gets what is there, else the way out', { skip: NO_NOBODY }, async (t) => {
  const { folder, path, asNobody } = placeForNobody(t, 0o644);
  const refused =
    /^port-for: cannot write .* permission denied \(EACCES\): use a file that you may write \((--user|--config [^)]+)\)\n$/;
  t.strictSame(await asNobody('foo'), { code: 0, stdout: '19080\n', stderr: '' });
  t.strictSame(await asNobody('--list'), { code: 0, stdout: 'foo: 19080\n', stderr: '' });
  for (const words of ['bar', 'bar --port 19081', '--unbind foo']) {
    t.match(await asNobody(words), { code: 1, stdout: '', stderr: refused });
  }
  t.match(await asNobody('bar', join(folder, 'new.conf')), { code: 1, stdout: '', stderr: refused });
  t.equal(readFileSync(path, 'utf8'), OLD);
  t.strictSame(readdirSync(folder), ['port-for.conf']);
});

t.test('who may not read is told the way out', { skip: NO_NOBODY }, async (t) => {
  const { asNobody } = placeForNobody(t, 0o600);
  for (const words of ['foo', '--list', '--unbind foo']) {
    const stderr =
      /^port-for: cannot read .* permission denied \(EACCES\): use a file that you may write .*\n$/;
    t.match(await asNobody(words), { code: 1, stdout: '', stderr });
  }
});

t.test('a file that is a mount point is changed through the mount', { skip: NO_MOUNTS }, async (t) => {
  const outcome = await inNamespace(`
    printf '[DEFAULT]\\nfoo = 19080\\n' > real.conf
    touch port-for.conf
    mount --bind real.conf port-for.conf
    port_for --config port-for.conf bar --port 19081
    port_for --config port-for.conf --unbind foo
    cat real.conf
    ls -A`);
  t.strictSame(outcome, {
    code: 0,
    stdout: '19081\n[DEFAULT]\nbar = 19081\nport-for.conf\nreal.conf\n',
    stderr: '',
  });
});

t.test(
  'a writable file mounted into a folder that is read-only is changed',
  { skip: NO_MOUNTS },
  async (t) => {
    const outcome = await inNamespace(`
    mkdir folder
    mount -t tmpfs none folder
    touch real.conf folder/port-for.conf
    mount -o remount,ro folder
    mount --bind real.conf folder/port-for.conf
    port_for --config folder/port-for.conf bar --port 19081
    cat real.conf`);
    t.strictSame(outcome, { code: 0, stdout: '19081\n[DEFAULT]\nbar = 19081\n', stderr: '' });
  },
);

t.test('a file system that is read-only is named', { skip: NO_MOUNTS }, async (t) => {
  for (const prepare of ['true', "printf '[DEFAULT]\\nfoo = 19080\\n' > port-for.conf"]) {
    const outcome = await inNamespace(`
      ${prepare}
      mount -o remount,ro /mnt
      port_for --config port-for.conf bar`);
    t.match(outcome, {
      code: 1,
      stdout: '',
      stderr: /read-only \(EROFS\): use another file \((--user|--config [^)]+)\)\n$/,
    });
  }
});

const FILL = 'dd if=/dev/zero of=filler bs=1k count=100 2> /dev/null || true';

t.test('a full disk loses nothing and leaves nothing behind', { skip: NO_MOUNTS }, async (t) => {
  const outcome = await inNamespace(`
    printf '[DEFAULT]\\nfoo = 19080\\n' > port-for.conf
    ${FILL}
    port_for --config port-for.conf bar || echo code $?
    port_for --config new.conf bar || echo code $?
    cat port-for.conf
    ls -A`);
  t.match(outcome, { code: 0, stdout: 'code 1\ncode 1\n[DEFAULT]\nfoo = 19080\nfiller\nport-for.conf\n' });
  t.match(outcome.stderr, /^(port-for: cannot write .* no space is left \(ENOSPC\): make room, or .*\n){2}$/);
});

t.test(
  'a full disk loses nothing of a file that is rewritten in place',
  { skip: NO_NOBODY || NO_MOUNTS },
  async (t) => {
    const page = `[DEFAULT]\n${'# filler\n'.repeat(453)}`;
    const path = join(t.testdir({ page }), 'page');
    t.equal(Buffer.byteLength(page), 4087);
    const outcome = await inNamespace(`
    cp ${path} port-for.conf
    chmod 666 port-for.conf
    chmod 755 .
    ${FILL}
    as_nobody --config port-for.conf name-too-long-for-the-page || echo code $?
    cmp ${path} port-for.conf && echo same
    ls -A`);
    t.match(outcome, { code: 0, stdout: 'code 1\nsame\nfiller\nport-for.conf\n', stderr: /ENOSPC/ });
  },
);

t.test('a file can be as long as a name may be', async (t) => {
  const folder = t.testdir({});
  const path = join(folder, 'x'.repeat(255));
  writeFileSync(path, OLD);
  const outcome = await portFor(['--config', path, 'bar', '--port', '19081']);
  t.strictSame(outcome, { code: 0, stdout: '19081\n', stderr: '' });
  t.strictSame(readdirSync(folder), ['x'.repeat(255)]);
});
