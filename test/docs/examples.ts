import '../support/alone';

import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { run } from '../support/command';
import { distPath, ROOT } from '../support/dist';

/** A JavaScript example, and the reason why it is not run, where a comment above it gives one. */
interface Example {
  readonly code: string;
  readonly line: number;
  readonly reason: string | undefined;
}

const EXAMPLE = /(?:<!-- not run: (.+?) -->\n+)?```js\n([\s\S]*?)```/g;

/** A statement with what it gives behind it: `await selectRandom(); // 24317`. */
const CLAIM = /^(?!\s*(?:const|let|return|import|throw|\/\/)\b)(\s*)(\S.*?);\s+\/\/ (.+)$/;

/** Compares a value with what the page says of it: numbers differ from machine to machine, the shape does not. */
const PRELUDE = `
const { inspect } = require('node:util');
Object.assign(globalThis, require('port-for-native'));
const shape = (text) => text.replace(/\\d[\\d_]*/g, 'N');
function check(value, claim) {
  if (!/^(?:[\\d['"{]|true|false|null|undefined|Map)/.test(claim)) return;
  const found = inspect(value, { breakLength: Infinity, compact: true, depth: 9 });
  if (shape(found) !== shape(claim)) throw new Error('the page says ' + claim + ', the call gave ' + found);
}
`;

function readExamples(page: string): Example[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(EXAMPLE)].map(({ index, 1: reason, 2: code = '' }) => ({
    code,
    reason,
    line: text.slice(0, index).split('\n').length,
  }));
}

function toProgram(code: string): string {
  const claims = code.replace(new RegExp(CLAIM, 'gm'), (_, indent, expression, claim) => {
    return `${indent}check(${expression}, ${JSON.stringify(claim)});`;
  });
  return `${PRELUDE}(async () => {\n${claims}\n})();\n`;
}

/** A folder in which a program finds the package as its users do. */
function userFolder(t: Test): string {
  const folder = t.testdir();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules', 'port-for-native'), 'dir');
  return folder;
}

distPath('index.js');

for (const page of ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => join('docs', name))]) {
  if (!page.endsWith('.md')) continue;
  const examples = readExamples(page);
  if (examples.length === 0) continue;
  t.test(`the examples of ${page} run and give what they say`, async (t) => {
    const folder = userFolder(t);
    const settings = {
      HOME: folder,
      XDG_CONFIG_HOME: folder,
      PORT_FOR_CONFIG: join(folder, 'port-for.conf'),
    };
    for (const { code, line, reason } of examples) {
      const name = `line ${line}`;
      if (reason !== undefined) {
        t.pass(name, { skip: reason });
        continue;
      }
      const program = join(folder, `line-${line}.cjs`);
      writeFileSync(program, toProgram(code));
      const { code: exitCode, stderr } = await run(process.execPath, [program], settings, 60_000);
      t.equal(exitCode, 0, name, { stderr });
    }
  });
}
