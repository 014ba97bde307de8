// Makes pages from the tables of the commands (lib/cli/modes.ts, lib/cli/waiting/table.ts):
// `command-pages.mjs man` writes the manual pages to dist/; `command-pages.mjs docs` checks the references in
// docs/commands.md, and with --write puts them there.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const PAGE = join(ROOT, 'docs', 'commands.md');

const pages = load(join(ROOT, 'lib/cli/pages.ts'));
const [, , task, flag] = process.argv;
if (task === 'man') writeMan();
else if (task === 'docs') compareDocs();
else fail('expected man or docs');

function writeMan() {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  for (const [name, text] of Object.entries(pages.manPages(version))) {
    writeFileSync(join(ROOT, 'dist', name), text);
  }
}

function compareDocs() {
  const there = readFileSync(PAGE, 'utf8');
  let text = there;
  for (const [name, reference] of Object.entries(pages.references())) {
    const block = new RegExp(`(<!-- ${name}: made by command-pages -->\n)[\\s\\S]*?(<!-- end -->)`);
    if (!block.test(text)) fail(`docs/commands.md has no place for the reference of ${name}`);
    text = text.replace(block, (_, begin, end) => `${begin}\n${reference}\n\n${end}`);
  }
  if (text === there) return;
  if (flag !== '--write')
    fail('docs/commands.md is out of date: node scripts/command-pages.mjs docs --write');
  writeFileSync(PAGE, text);
}

/** What a TypeScript file exports. @param {string} path */
function load(path) {
  const { outputFiles } = buildSync({
    entryPoints: [path],
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20.17',
    write: false,
    logLevel: 'warning',
  });
  const module = { exports: /** @type {any} */ ({}) };
  const run = new Function('module', 'exports', 'require', '__dirname', outputFiles[0]?.text ?? '');
  run(module, module.exports, createRequire(join(ROOT, 'dist', 'x.js')), join(ROOT, 'dist'));
  return module.exports;
}

/** @param {string} problem @returns {never} */
function fail(problem) {
  process.stderr.write(`command-pages: ${problem}\n`);
  process.exit(1);
}
