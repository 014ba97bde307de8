import '../support/alone';

import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { PORT_FOR } from '../../lib/cli/modes';
import { readCall } from '../../lib/cli/table/read-call';
import type { Mode, Options } from '../../lib/cli/table/table';
import { PORTEND } from '../../lib/cli/waiting/table';
import { run } from '../support/command';
import { distPath, ROOT } from '../support/dist';

const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => join('docs', name))].filter(
  (name) => name.endsWith('.md'),
);

/** A block of a page that shows commands. */
interface Block {
  readonly line: number;
  readonly text: string;
  /** Commands that prepare it, if it is marked to be run: `<!-- run -->` or `<!-- run: mkdir x -->` above it. */
  readonly preparation: string | undefined;
}

const BLOCK = /(<!-- run(?:: (.+?))? -->\n+)?```(?:console|sh)\n([\s\S]*?)```/g;

function readBlocks(page: string): Block[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(BLOCK)].map(({ index, 1: mark, 2: preparation = '', 3: block = '' }) => ({
    line: text.slice(0, index).split('\n').length,
    text: block,
    preparation: mark === undefined ? undefined : preparation,
  }));
}

/** The calls of our commands in a line of shell, wherever they stand: behind `$ `, `&&`, variables, in `$(...)`. */
function callsIn(line: string): string[] {
  const code = line.replace(/(?:^|\s)#.*$/, '').replace(/^\$ /, '');
  return [
    ...code.matchAll(
      /(?<=^|[;&|(]\s*|\w+=\S*\s+|time\s+|npx\s+)(?:port-for|portend)(?:-native)?\s[^&|;)>]*/g,
    ),
  ].map(([call]) => call.trim());
}

/** The words of a call, as a shell reads them. */
function wordsOf(call: string): string[] {
  const { stdout } = spawnSync('bash', ['-c', `printf '%s\\0' ${call}`], { encoding: 'utf8' });
  return stdout.split('\0').slice(0, -1);
}

function checkCall(call: string): void {
  const [command, ...words] = wordsOf(call.replace(/\.\.\./g, ''));
  if (command === 'portend') readCall(PORTEND, words);
  else readCall(PORT_FOR, words);
}

const NO_BASH = spawnSync('bash', ['-c', 'true']).status === 0 ? false : 'there is no bash';

t.test('every command of the guide is one that the commands take', { skip: NO_BASH }, async (t) => {
  let count = 0;
  for (const page of PAGES) {
    for (const { text, line } of readBlocks(page)) {
      for (const call of text.split('\n').flatMap(callsIn)) {
        count++;
        t.doesNotThrow(() => checkCall(call), `${page}, block at line ${line}: ${call}`);
      }
    }
  }
  t.ok(count > 40, `${count} calls`);
});

t.test('every example of --help is one that the commands take', { skip: NO_BASH }, async (t) => {
  const modes: Mode<Options>[] = [...Object.values(PORT_FOR.modes), ...Object.values(PORTEND.modes)] as never;
  const examples = [...modes.flatMap((mode) => mode.examples ?? []), ...(PORT_FOR.overview?.examples ?? [])];
  for (const [example] of examples) {
    const calls = callsIn(example);
    t.ok(calls.length > 0, example);
    for (const call of calls) t.doesNotThrow(() => checkCall(call), example);
  }
});

/** A home with our commands in its PATH, kept for all blocks of a page. */
function newHome(t: Test): { home: string; settings: Record<string, string> } {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'port-for-docs-')));
  t.teardown(() => rmSync(home, { recursive: true }));
  mkdirSync(join(home, 'bin'));
  for (const name of ['port-for', 'portend'] as const)
    symlinkSync(distPath(`${name}.js`), join(home, 'bin', name));
  const settings = {
    HOME: home,
    PATH: `${join(home, 'bin')}:${process.env.PATH}`,
    PORT_FOR_CONFIG: join(home, 'port-for.conf'),
  };
  return { home, settings };
}

/** Numbers differ from machine to machine; the home of the examples is `/home/me`. */
function shape(text: string, home: string): string {
  return text
    .replaceAll(home, '/home/me')
    .replace(/\d+/g, 'N')
    .replace(/[ \t]+/g, ' ')
    .trimEnd();
}

for (const page of PAGES) {
  const blocks = readBlocks(page).filter(({ preparation }) => preparation !== undefined);
  if (blocks.length === 0) continue;
  t.test(`the commands of ${page} print what it shows`, { skip: NO_BASH }, async (t) => {
    const { home, settings } = newHome(t);
    for (const { text, line, preparation } of blocks) {
      const script = text
        .split('\n')
        .filter((line) => line.startsWith('$ '))
        .map((line) => line.slice(2))
        .join('\n');
      const expected = text
        .split('\n')
        .filter((line) => !line.startsWith('$ '))
        .join('\n');
      const { stdout, stderr } = await run('bash', ['-c', `cd; ${preparation}\n${script}`], settings);
      t.equal(shape(stdout + stderr, home), shape(expected, home), `line ${line}`);
    }
  });
}
