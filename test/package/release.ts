import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ROOT } from '../support/dist';
import { NPM } from '../support/tarball';

const hasGit = spawnSync('git', ['--version']).error === undefined;
const skip = NPM === '' ? 'npm is not in the path' : !hasGit && 'git is not in the path';

/** A checkout of a package at version 1.0.0, with these changes. */
function makeCheckout(t: Test, changelog: string): { folder: string; git(...words: string[]): string } {
  const folder = t.testdir({
    'package.json': JSON.stringify({ name: 'released', version: '1.0.0' }),
    'CHANGELOG.md': changelog,
  });
  mkdirSync(join(folder, 'scripts'));
  cpSync(join(ROOT, 'scripts/release.mjs'), join(folder, 'scripts/release.mjs'));
  const git = (...words: string[]) =>
    spawnSync('git', words, { cwd: folder, encoding: 'utf8' }).stdout.trim();
  git('init', '--quiet');
  git('config', 'user.name', 'Somebody');
  git('config', 'user.email', 'somebody@example.org');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'First');
  return { folder, git };
}

function release(folder: string, ...words: string[]) {
  return spawnSync(process.execPath, [join(folder, 'scripts/release.mjs'), ...words], { encoding: 'utf8' });
}

t.test('a release sets the version, dates the changes, commits and tags', { skip }, async (t) => {
  const { folder, git } = makeCheckout(
    t,
    '# Changelog\n\n## Unreleased\n\n- Better.\n\n## 1.0.0\n\n- First.\n',
  );
  const { status, stdout } = release(folder, 'minor');
  t.equal(status, 0);
  t.match(stdout, 'v1.1.0');
  t.equal(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version, '1.1.0');
  const changelog = readFileSync(join(folder, 'CHANGELOG.md'), 'utf8');
  t.match(changelog, /## Unreleased\n\n## 1\.1\.0 - \d{4}-\d\d-\d\d\n\n- Better\.\n\n## 1\.0\.0/);
  t.equal(git('log', '-1', '--format=%s'), 'Release 1.1.0');
  t.match(git('tag', '--list', '--format=%(contents)', 'v1.1.0'), '- Better.');
  t.equal(git('status', '--porcelain'), '');
});

t.test(
  'a release of nothing, of a changed tree or of a version that exists is refused',
  { skip },
  async (t) => {
    const { folder, git } = makeCheckout(t, '## Unreleased\n\n- Better.\n\n## 1.0.0\n');
    git('tag', 'v2.0.0');
    t.match(release(folder, '2.0.0').stderr, 'the tag v2.0.0 exists');
    t.match(release(folder, 'nonsense').stderr, /not released: .*version/i);
    t.match(release(folder).stderr, 'expected one version');
    t.equal(git('status', '--porcelain'), '', 'nothing was changed');
    writeFileSync(join(folder, 'new.txt'), '');
    t.match(release(folder, '1.0.1').stderr, 'the tree is not clean');
    const empty = makeCheckout(t, '## Unreleased\n\n## 1.0.0\n');
    t.match(release(empty.folder, '1.0.1').stderr, 'nothing under');
  },
);

t.test('the bill of materials names the package and what it depends on', { skip }, async (t) => {
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'scripts/sbom.mjs')], {
    encoding: 'utf8',
  });
  t.equal(status, 0);
  const { metadata, components } = JSON.parse(stdout);
  const { name, version, dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  t.match(metadata.component, { name, version, purl: `pkg:npm/${name}@${version}` });
  t.strictSame(
    components.map((component: { name: string }) => component.name),
    Object.keys(dependencies),
  );
});
