// Packs the package as it is published: `pack.mjs [--built-here] [FOLDER]` prints the path of the tarball. Its manifest
// has no scripts: `prepare` alone, of no use to who installs, makes npm ask for an approval. Refuses where a prebuilt
// addon is missing or was built from other sources; --built-here takes the addon of this system alone, for tests: the one
// in build/, or where nothing was built the prebuilt one.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { complaints } from './prebuilds/stamp.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const ONLY_FOR_DEVELOPERS = ['scripts', 'devDependencies', 'allowScripts'];

const { values, positionals } = parseArgs({
  options: { 'built-here': { type: 'boolean' } },
  allowPositionals: true,
});
const found = values['built-here'] ? [] : complaints(root);
if (found.length > 0) {
  console.error(`not packed:\n${found.join('\n')}\nRun npm run prebuilds first.`);
  process.exit(1);
}

/** npm, whether it runs us or not. */
function npm(...words) {
  const script = process.env.npm_execpath;
  const [program, first] = script ? [process.execPath, [script]] : ['npm', []];
  return execFileSync(program, [...first, ...words], {
    cwd: root,
    encoding: 'utf8',
    shell: !script && process.platform === 'win32',
  });
}

const staging = mkdtempSync(join(tmpdir(), 'port-for-native-pack-'));
try {
  execFileSync(process.execPath, [join(root, 'scripts/vendor.mjs')]);
  const [{ files }] = JSON.parse(npm('pack', '--dry-run', '--ignore-scripts', '--json'));
  for (const { path } of files) {
    if (!values['built-here'] || !path.startsWith('prebuilds/'))
      cpSync(join(root, path), join(staging, path));
  }
  if (values['built-here']) {
    const { glibcVersionRuntime } = process.report.getReport().header;
    const libc = process.platform !== 'linux' ? '' : glibcVersionRuntime ? '.glibc' : '.musl';
    const name = `prebuilds/${process.platform}-${process.arch}/port-for-native.napi${libc}.node`;
    const built = join(root, 'build/Release/port_for_native.node');
    cpSync(existsSync(built) ? built : join(root, name), join(staging, name));
  }
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const key of ONLY_FOR_DEVELOPERS) delete manifest[key];
  // npm's registry takes a package with provenance only if its manifest names the repository that built it.
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY } = process.env;
  if (GITHUB_SERVER_URL && GITHUB_REPOSITORY)
    manifest.repository ??= { type: 'git', url: `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git` };
  writeFileSync(join(staging, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const folder = resolve(positionals[0] ?? '.');
  const [{ filename }] = JSON.parse(npm('pack', '--json', '--pack-destination', folder, staging));
  console.log(join(folder, filename));
} finally {
  rmSync(staging, { recursive: true });
}
