import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { windowsCommand } from '../../lib/cli/windows-command';
import { IS_WINE } from '../support/wine';

const ENV = {
  PATH: 'C:\\tools;"C:\\Program Files\\nodejs";;D:\\project\\node_modules\\.bin',
  PATHEXT: '.COM;.EXE;.BAT;.CMD',
  SystemRoot: 'C:\\Windows',
};

function find(program: string, files: readonly string[], args: readonly string[] = []) {
  const names = new Set(files.map((file) => file.toLowerCase()));
  return windowsCommand(program, args, ENV, (path) => names.has(path.toLowerCase()));
}

const SHELL = 'C:\\Windows\\System32\\cmd.exe';

/** What cmd.exe is given for the batch file vite.cmd with `args`. */
function lineFor(...args: string[]): string {
  const vite = 'D:\\project\\node_modules\\.bin\\vite.CMD';
  const { file, args: words, windowsVerbatimArguments } = find('vite', [vite], args);
  t.strictSame([file, windowsVerbatimArguments], [SHELL, true]);
  t.strictSame(words.slice(0, -1), ['/e:ON', '/v:OFF', '/d', '/c']);
  const line = words.at(-1) ?? '';
  t.equal(line.slice(0, vite.length + 3), `""${vite}"`);
  return line.slice(vite.length + 4, -1);
}

t.test('a program is found in PATH by the extensions of PATHEXT, the first folder first', (t) => {
  const node = 'C:\\Program Files\\nodejs\\node.EXE';
  t.strictSame(find('node', [node], ['-v']), { file: node, args: ['-v'], windowsVerbatimArguments: false });
  t.equal(find('node.exe', ['C:\\tools\\node.exe', node]).file, 'C:\\tools\\node.exe');
  t.equal(find('node', ['C:\\tools\\node', node]).file, node, 'a file without an extension is no program');
  t.equal(find('C:\\x\\run', ['C:\\x\\run.EXE', 'C:\\tools\\run.EXE']).file, 'C:\\x\\run.EXE');
  t.equal(find('./run', ['./run.CMD']).file, SHELL);
  t.equal(find('missing', []).file, 'missing');
  t.equal(find('run', ['run.EXE']).file, 'run', 'an empty entry of PATH is not the current folder');
  const isBare = (path: string) => path === 'C:\\a\\run';
  t.equal(windowsCommand('run', [], { PATH: 'C:\\a', PATHEXT: '.EXE;' }, isBare).file, 'run');
  const isRun = (path: string) => path === 'C:\\a\\run.EXE';
  t.equal(windowsCommand('run', [], { PATH: 'C:\\a', PATHEXT: '' }, isRun).file, 'C:\\a\\run.EXE');
  t.equal(
    windowsCommand('run', [], { PATH: 'C:\\a' }, (path) => path === 'C:\\a\\run.BAT').file.endsWith(
      'cmd.exe',
    ),
    true,
  );
  t.end();
});

t.test('a batch file gets its arguments by way of cmd.exe', (t) => {
  t.equal(lineFor('--port', '8080', 'https://a.b/c', 'src\\x'), '--port 8080 https://a.b/c src\\x');
  t.equal(lineFor('', 'a b'), '"" "a b"');
  t.equal(lineFor('a&calc', '^|<>()!', 'a;b,c'), '"a&calc" "^|<>()!" "a;b,c"');
  t.equal(lineFor('100%PATH%'), '"100%%cd:~,%PATH%%cd:~,%"');
  t.equal(lineFor('say "hi"'), '"say ""hi"""');
  t.equal(lineFor('C:\\dir\\', 'a\\"b'), '"C:\\dir\\\\" "a\\\\""b"');
  for (const lines of ['two\nlines', 'two\rlines', 'two\0lines'])
    t.throws(() => lineFor(lines), {
      name: 'CommandError',
      exitCode: 126,
      message: `the argument ${JSON.stringify(lines)} cannot be passed to a batch file: it has more than one line`,
    });
  t.end();
});

t.test('a folder is no program, and the shell is that of the system', (t) => {
  const folder = t.testdir({ 'run.CMD': '', 'make.CMD': {} });
  const fileOf = (name: string, env: NodeJS.ProcessEnv = {}) =>
    windowsCommand(join(folder, name), [], { PATHEXT: '.CMD', ...env }).file;
  t.equal(fileOf('run'), SHELL);
  t.equal(fileOf('run', { SystemRoot: 'D:\\Win' }), 'D:\\Win\\System32\\cmd.exe');
  for (const none of ['make', 'none']) t.equal(fileOf(none), join(folder, none));
  t.end();
});

t.test('a real batch file passes them on', { skip: process.platform !== 'win32' && 'needs cmd.exe' }, (t) => {
  const folder = t.testdir({ 'print.js': 'console.log(JSON.stringify(process.argv.slice(2)))' });
  writeFileSync(join(folder, 'print.cmd'), `@"${process.execPath}" "%~dp0print.js" %*\r\n`);
  const pass = (words: string[]) => {
    const { file, args, windowsVerbatimArguments } = windowsCommand(join(folder, 'print'), words);
    const { stdout } = spawnSync(file, [...args], { windowsVerbatimArguments, encoding: 'utf8' });
    return stdout.startsWith('[') ? JSON.parse(stdout) : stdout;
  };
  const words = ['plain', 'a b', 'a&b|c', 'say "hi"', 'C:\\dir\\', '^caret!', ''];
  t.strictSame(pass(words), words);
  const skip = IS_WINE && "Wine's cmd.exe knows no substring of a variable, which hides a percent sign";
  t.strictSame(pass(['100%PATH%']), ['100%PATH%'], 'a percent sign', { skip });
  t.end();
});
