import { spawnSync } from 'node:child_process';

const VERSION = spawnSync('python3', ['-c', 'import configparser'], { encoding: 'utf8' });

/** Why tests against Python's own parser cannot run here; false where they can. */
export const NO_PYTHON: string | false = VERSION.status === 0 ? false : 'there is no python3';

/** Runs a Python program on `input` as JSON and gives the JSON that it prints. */
export function python(program: string, input: unknown, ...args: string[]): unknown {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', program, ...args], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    env: { ...process.env, PYTHONUTF8: '1' },
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`python3 failed: ${stderr}`);
  return JSON.parse(stdout);
}
