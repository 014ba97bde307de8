/**
 * Runs the addon under sanitizers, in a copy of the checkout:
 *
 *   node scripts/sanitize.mjs address [TEST...]   tests with AddressSanitizer, UndefinedBehaviorSanitizer, LeakSanitizer
 *   node scripts/sanitize.mjs thread [SECONDS]    test/torture/threads.mjs with ThreadSanitizer
 *
 * Node.js itself is not instrumented: only reports with a frame of ours count. Of those, leaks of what V8 allocated for
 * its own heap (pages, slot sets) do not: it keeps that where a process exits without taking V8 down. Nor do races
 * between V8's own threads, whose locks ThreadSanitizer does not see.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const USUAL_TESTS = ['addon', 'lease', 'machine', 'network', 'pick', 'scan', 'wait'].map(
  (room) => `test/${room}`,
);

const KINDS = {
  address: { flags: '-fsanitize=address,undefined', library: 'libasan.so', options: 'detect_leaks=1' },
  thread: { flags: '-fsanitize=thread', library: 'libtsan.so', options: 'second_deadlock_stack=1' },
};

const [kind, ...words] = process.argv.slice(2);
if (!Object.hasOwn(KINDS, kind)) {
  console.error('usage: node scripts/sanitize.mjs address [TEST...] | thread [SECONDS]');
  process.exit(2);
}
const { flags, library, options } = KINDS[kind];

/** Copies what belongs to the package into `folder`, and builds it there with the sanitizer. */
function build(folder) {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0');
  for (const file of files.filter((name) => name !== '')) cpSync(join(ROOT, file), join(folder, file));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const env = { ...process.env, CXXFLAGS: `${flags} -g -O1 -fno-omit-frame-pointer`, LDFLAGS: flags };
  for (const script of ['build:native', 'build:ts'])
    execFileSync('npm', ['run', '--silent', script], {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
}

const V8_LEAK = /leak of [^\n]*\n +#0 [^\n]*\n +#1 0x\w+ in (?:[\w:]+ )?v8::internal::/;

/** A race between threads of V8's own, as of a garbage collection that began in a call of ours: both sides are V8's. */
function isRaceOfV8(report) {
  const sides = /^ {2}(?:Previous )?(?:atomic )?(?:read|write) of [^\n]*\n +#0 [^\n]*\n +#1 [^\n]*/gim;
  return report.match(sides)?.every((side) => /#1 v8::platform::/.test(side)) ?? false;
}

/** What the sanitizers wrote of our own code, each leak by itself. */
function ownReports(logs) {
  const texts = readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8'));
  return texts
    .flatMap((text) => text.split(/^={18,}$|^(?=(?:Direct|Indirect) leak of )|^(?=.*runtime error: )/m))
    .filter((report) => /leak of |WARNING: |ERROR: |runtime error: /.test(report))
    .filter((report) => /port_for/.test(report))
    .filter((report) => !V8_LEAK.test(report) && !isRaceOfV8(report));
}

const folder = mkdtempSync(join(tmpdir(), 'port-for-native-sanitize-'));
const logs = mkdtempSync(join(tmpdir(), 'port-for-native-reports-'));
try {
  // Some tests run the package as another user.
  chmodSync(folder, 0o755);
  chmodSync(logs, 0o777);
  build(folder);
  const runtime = execFileSync('g++', [`-print-file-name=${library}`], { encoding: 'utf8' }).trim();
  const settings = `${options}:exitcode=0:log_path=${join(logs, 'report')}`;
  const env = {
    ...process.env,
    LD_PRELOAD: runtime,
    ASAN_OPTIONS: settings,
    LSAN_OPTIONS: 'exitcode=0',
    TSAN_OPTIONS: settings,
    UBSAN_OPTIONS: `print_stacktrace=1:log_path=${join(logs, 'report')}`,
  };
  const tests = words.length > 0 ? words : USUAL_TESTS;
  // Thread Sanitizer wants its addresses where the system would put others.
  const command =
    kind === 'address'
      ? ['npx', 'tap', '--disable-coverage', '--jobs=2', '--timeout=600', '--reporter=terse', ...tests]
      : ['setarch', '-R', process.execPath, 'test/torture/threads.mjs', '--seconds', words[0] ?? '60'];
  const { status } = spawnSync(command[0], command.slice(1), { cwd: folder, env, stdio: 'inherit' });
  const reports = ownReports(logs);
  for (const report of reports) console.log(report.trim(), '\n');
  console.log(`${kind}: ${reports.length} reports of the addon; the program ended with ${status}`);
  process.exitCode = reports.length > 0 || status !== 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
  rmSync(logs, { recursive: true, force: true });
}
