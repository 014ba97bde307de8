// Checks the packed package as publint and arethetypeswrong do, and the workflows as actionlint does.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { lockedModules } from './locked-install.mjs';

/** This actionlint knows the names of runners of 2023. */
const NEW_RUNNER = /^label "[\w.-]+" is unknown/;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = lockedModules(join(root, 'scripts/package-checks'));
const folder = mkdtempSync(join(tmpdir(), 'port-for-native-checks-'));

function check(name, words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' });
  console.log(`${name}: ${status === 0 ? 'nothing to complain of' : `\n${stdout}${stderr}`}`);
  if (status !== 0) process.exitCode = 1;
}

async function checkWorkflows() {
  const { createLinter } = await import(
    pathToFileURL(createRequire(join(modules, 'x')).resolve('actionlint')).href
  );
  const lint = await createLinter();
  const workflows = join(root, '.github/workflows');
  for (const name of readdirSync(workflows)) {
    const found = lint(readFileSync(join(workflows, name), 'utf8'), `.github/workflows/${name}`);
    const faults = found.filter(({ message }) => !NEW_RUNNER.test(message));
    for (const { message, line, column } of faults) console.log(`${name}:${line}:${column}: ${message}`);
    if (faults.length > 0) process.exitCode = 1;
    else console.log(`actionlint: ${name}: nothing to complain of`);
  }
}

try {
  const words = [join(root, 'scripts/pack.mjs'), '--built-here', folder];
  const tarball = execFileSync(process.execPath, words, { encoding: 'utf8' }).trim();
  check('publint', [join(modules, 'publint/src/cli.js'), tarball, '--strict']);
  check('arethetypeswrong', [join(modules, '@arethetypeswrong/cli/dist/index.js'), tarball]);
  await checkWorkflows();
} finally {
  rmSync(folder, { recursive: true });
}
