/** Loads the addon for musl into a host of our own and calls it: no JavaScript runtime for musl can be had from npm. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePrebuilt } from './ensure-prebuilt.mjs';
import { runFile } from './run-tests.mjs';
import { which } from './runtimes.mjs';
import { writeRow } from './table.mjs';

const ADDON = 'prebuilds/linux-x64/port-for-native.napi.musl.node';

export async function testMusl(root) {
  if (which('musl-gcc') === undefined)
    return console.log('musl: skipped: needs musl-gcc (Debian: musl-tools)');
  ensurePrebuilt(root, 'linux-x64-musl');
  const folder = mkdtempSync(join(tmpdir(), 'port-for-native-musl-'));
  try {
    const host = compileHost(root, folder);
    const log = join(folder, 'log.txt');
    const { passed, failed, code } = await runFile({
      words: [host, join(root, ADDON)],
      cwd: root,
      env: process.env,
      log,
    });
    process.stdout.write(readFileSync(log, 'utf8'));
    if (code !== 0) process.exitCode = 1;
    const rest = 'the tests: no JavaScript runtime for musl is on npm; a host in C calls the addon';
    writeRow(root, 'musl', ['Linux x64, musl', 'none', `${passed} of ${passed + failed}`, '-', '-', rest]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compileHost(root, folder) {
  const source = join(root, 'scripts/systems/musl-host.c');
  const imported = execFileSync('nm', ['-D', '--undefined-only', join(root, ADDON)], { encoding: 'utf8' });
  const played = readFileSync(source, 'utf8').match(/(?<=API\()\w+(?=\))/g);
  const unused = imported.match(/\bnapi_\w+/g).filter((name) => !played.includes(name));
  const others = join(folder, 'others.c');
  const end = (name) =>
    `void ${name}(void) { fputs("${name} is not played by this host\\n", stderr), abort(); }\n`;
  writeFileSync(others, `#include <stdio.h>\n#include <stdlib.h>\n${unused.map(end).join('')}`);
  const headers = join(process.env.npm_config_nodedir ?? '/usr', 'include/node');
  const host = join(folder, 'musl-host');
  const words = ['-O1', '-Wall', '-Werror', '-rdynamic', '-idirafter', headers, source, others, '-o', host];
  execFileSync('musl-gcc', words, { stdio: 'inherit' });
  return host;
}
