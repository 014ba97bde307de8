/** Runs tests on a runtime, each file in a process of its own, and counts what their TAP says. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** tap ends its tests before, by TAP_TIMEOUT. */
const PATIENCE = 1_000_000;

/**
 * Runs `words` with standard output and error in a file: a pipe does not work under wine. Gives the counts, and `broken`
 * where the process ended otherwise than its tests did.
 */
export async function runFile({ words, cwd, env, log }) {
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'w');
  const [program, ...rest] = words;
  const child = spawn(program, rest, { cwd, env, stdio: ['ignore', output, output], detached: true });
  const end = () => endGroup(child.pid);
  const timer = setTimeout(end, PATIENCE);
  process.once('exit', end);
  const code = await new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  clearTimeout(timer);
  process.off('exit', end);
  end();
  closeSync(output);
  return { ...count(readFileSync(log, 'utf8')), code };
}

function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** Counts the assertions of a TAP text, nested ones too; a subtest counts by what is in it. */
export function count(text) {
  const counts = { passed: 0, failed: 0, skipped: [], failures: [] };
  const subtests = new Set([...text.matchAll(/^ *# Subtest: (.*)$/gm)].map(([, name]) => name.trim()));
  for (const [, not, name = '', directive] of text.matchAll(
    /^ *(not )?ok \d+ - (.*?)(?: # (SKIP.*|TODO.*|time=.*))?$/gm,
  )) {
    if (directive?.startsWith('SKIP')) counts.skipped.push(directive.slice(5).trim() || 'no reason told');
    else if (subtests.has(name.trim())) continue;
    else if (not) counts.failures.push(name);
    else counts.passed++;
  }
  for (const [, reason] of text.matchAll(/^ *1\.\.0 # (?:SKIP )?(.+)$/gm)) counts.skipped.push(reason);
  counts.failed = counts.failures.length;
  return counts;
}

/** Runs many, `atOnce` at a time. */
export async function runAll(files, atOnce, run) {
  const queue = [...files];
  const results = [];
  const worker = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const result = { file, ...(await run(file)) };
      results.push(result);
      const trouble = result.code === 0 ? '' : ` (${result.code}) ${result.failures.slice(0, 3).join('; ')}`;
      console.log(`  ${result.code === 0 ? 'ok' : 'NOT OK'} ${file}: ${result.passed} passed${trouble}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results.sort((a, b) => (a.file < b.file ? -1 : 1));
}

export const logPath = (folder, file) => join(folder, '.logs', `${file.replaceAll('/', '_')}.txt`);
