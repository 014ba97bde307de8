/** The table of docs/systems.md, made from runs: one row a runtime, kept until that runtime runs again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [BEGIN, END] = [
  '<!-- made by npm run test:node, test:arm64, test:musl, test:windows -->\n',
  '<!-- end -->\n',
];
const HEAD =
  '| system | runtime | smoke checks passed | test files passed | checks passed | skipped |\n| --- | --- | --: | --: | --: | --- |\n';

/** Puts the row of a runtime into the page, in place of its last one. */
export function writeResults(root, { name, system }, { version, smoke, suite, leftOut = [] }) {
  const total = smoke.passed + smoke.failed;
  const files =
    suite === undefined ? '-' : `${suite.filter(({ code }) => code === 0).length} of ${suite.length}`;
  const checks = suite === undefined ? '-' : String(suite.reduce((sum, { passed }) => sum + passed, 0));
  const cells = [
    system,
    version,
    `${smoke.passed} of ${total}`,
    files,
    checks,
    skippedText(suite ?? [], leftOut),
  ];
  writeRow(root, name, cells);
}

export function writeRow(root, name, cells) {
  const file = join(root, 'docs/systems.md');
  const [before, middle, after] = split(readFileSync(file, 'utf8'));
  const rows = middle.match(/^\| .*<!-- .* -->$/gm) ?? [];
  const row = `| ${cells.join(' | ')} | <!-- ${name} -->`;
  const isSame = (other) => other.endsWith(`<!-- ${name} -->`);
  const kept = rows.some(isSame) ? rows.map((other) => (isSame(other) ? row : other)) : [...rows, row];
  writeFileSync(file, `${before}${BEGIN}\n${HEAD}${kept.join('\n')}\n\n${END}${after}`);
}

function split(text) {
  const [before, rest = ''] = text.split(BEGIN);
  const [middle = '', after = ''] = rest.split(END);
  return [before, middle, after];
}

function skippedText(suite, leftOut) {
  const reasons = new Map();
  for (const { reason } of leftOut) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const whole = [...reasons].map(
    ([reason, files]) => `${files} ${files === 1 ? 'file' : 'files'}: ${reason}`,
  );
  const single = suite.reduce((sum, { skipped }) => sum + skipped.length, 0);
  return (
    [...whole, ...(single > 0 ? [`${single} single tests, by their own word`] : [])].join('; ') || 'none'
  );
}
