// Makes a release: `npm run release -- 1.2.3` (or major, minor, patch) sets the version, gives the changes under
// "Unreleased" in CHANGELOG.md that version and today's date, and commits and tags both. Pushing the tag publishes, as
// .github/workflows/release.yml says. Refuses a tree that is not clean, a tag that exists, and a release of no changes.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const run = (program, ...words) => execFileSync(program, words, { cwd: root, encoding: 'utf8' }).trim();
const fail = (message) => {
  console.error(`not released: ${message}`);
  process.exit(1);
};

const [wanted, ...more] = process.argv.slice(2);
if (wanted === undefined || more.length > 0) fail('expected one version, as in npm run release -- minor');
if (run('git', 'status', '--porcelain') !== '') fail('the tree is not clean: commit or stash first');

const changelog = join(root, 'CHANGELOG.md');
const text = readFileSync(changelog, 'utf8');
const [, changes] = /^## Unreleased\n([\s\S]*?)(?=^## )/m.exec(text) ?? [];
if (changes === undefined || changes.trim() === '') fail('CHANGELOG.md has nothing under "## Unreleased"');

try {
  run('npm', 'version', wanted, '--no-git-tag-version', '--ignore-scripts');
} catch (error) {
  fail(error.stderr.trim());
}
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const tag = `v${version}`;
if (run('git', 'tag', '--list', tag) !== '') {
  run('git', 'checkout', '--', '.');
  fail(`the tag ${tag} exists`);
}
const today = new Date().toISOString().slice(0, 10);
writeFileSync(changelog, text.replace('## Unreleased\n', `## Unreleased\n\n## ${version} - ${today}\n`));
run('git', 'commit', '--all', '--message', `Release ${version}`);
run('git', 'tag', '--annotate', tag, '--message', `${version}\n${changes.trimEnd()}`);
console.log(`made ${tag}; to publish it: git push --follow-tags`);
