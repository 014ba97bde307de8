// Each system call of a write fails once, in turn, with the errors of full, broken, read-only and crowded disks, where the
// file is replaced and where it is rewritten in place: strace(1) makes it fail. The command has to name what failed, or to
// find another way; the file has to be the old one or the new one, with nothing left beside it after the next write.

import { spawn, spawnSync } from 'node:child_process';
import { linkSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newFolder, note, portFor, runAlone } from '../part.mjs';

/** @type {[call: string, errors: string[]][]} */
const CALLS = [
  ['openat', ['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'EINTR']],
  ['write', ['ENOSPC', 'EDQUOT', 'EIO']],
  ['pwrite64', ['ENOSPC', 'EDQUOT', 'EIO']],
  ['pread64', ['EIO']],
  ['fsync', ['ENOSPC', 'EDQUOT', 'EIO']],
  ['ftruncate', ['EIO']],
  ['flock', ['ENOLCK', 'EINTR']],
  ['fcntl', ['ENOLCK']],
  ['fchmod', ['EIO', 'EPERM']],
  ['renameat', ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS']],
  ['linkat', ['ENOSPC', 'EPERM']],
  ['unlinkat', ['EIO', 'EROFS']],
];

const OLD = '[DEFAULT]\nweb = 80\n';
const NEW = `${OLD}db = 81\n`;
const COMMAND = fileURLToPath(new URL('../../../dist/port-for.js', import.meta.url));

/** @param {string} path @param {string} call @param {string} error @param {number} when */
function bindFailing(path, call, error, when) {
  const folder = join(path, '..');
  const files = [folder, path, `${folder}/.port-for.conf.lock`, `${folder}/.port-for.conf.new`];
  const words = [
    ...['-f', '-qq', '-o', '/dev/null', `--inject=${call}:error=${error}:when=${when}`],
    ...['-e', `trace=${call}`, ...files.flatMap((file) => ['-P', file])],
    ...[process.execPath, COMMAND, '--config', path, 'db', '--port', '81'],
  ];
  const child = spawn('strace', words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stderr })));
}

/** @param {{ calls: number, share: number }} settings `calls`: of each kind; `share`: of all cases, by chance */
export async function failures({ calls, share }) {
  /** @type {string[]} */
  const faults = [];
  if (spawnSync('strace', ['-V']).status !== 0) return { skipped: 'needs strace', faults };
  let cases = 0;
  let refused = 0;
  for (const kind of ['replaced', 'in-place', 'new']) {
    const folder = newFolder(`failures-${kind}`);
    const path = join(folder, 'port-for.conf');
    for (const [call, errors] of CALLS) {
      for (const error of errors) {
        for (let when = 1; when <= calls; when++) {
          if (Math.random() >= share) continue;
          cases++;
          const what = `${kind}, ${call} ${when} ${error}`;
          for (const file of readdirSync(folder)) spawnSync('rm', [join(folder, file)]);
          if (kind !== 'new') writeFileSync(path, OLD);
          if (kind === 'in-place') linkSync(path, join(folder, 'link'));
          const { code, stderr } = await bindFailing(path, `${call}`, error, when);
          if (code !== 0) refused++;
          if (code !== 0 && code !== 1) note(faults, `${what}: ended with ${code}`);
          if (
            code === 1 &&
            !/^port-for: .*\(E\w+\)|^port-for: cannot lock|still (locked|being)/.test(stderr)
          ) {
            note(faults, `${what}: ${stderr.slice(0, 200)}`);
          }
          checkAfter(what, path, code, kind === 'new' ? '' : OLD, faults);
        }
      }
    }
  }
  return { cases, refused, faults };
}

/** @param {string} what @param {string} path @param {number} code @param {string} old @param {string[]} faults */
function checkAfter(what, path, code, old, faults) {
  const store = new portFor.PortStore(path);
  const there = store.boundPortsSync();
  if (code === 0 && there.get('db') !== 81) note(faults, `${what}: lost what it said`);
  if (old !== '' && there.get('web') !== 80) note(faults, `${what}: lost what was there`);
  store.bindPortSync('next', 82);
  store.unbindPortSync('next');
  const text = readFileSync(path, 'utf8');
  const expected = [old, old === '' ? '[DEFAULT]\n' : old, old === '' ? '[DEFAULT]\ndb = 81\n' : NEW];
  if (!expected.includes(text)) note(faults, `${what}: the file is ${JSON.stringify(text)}`);
  const others = readdirSync(join(path, '..')).filter((file) => file.startsWith('.'));
  if (others.length > 0) note(faults, `${what}: left beside the file: ${others}`);
}

await runAlone(import.meta.url, { calls: 6, share: 1 }, failures);
