import { join } from 'node:path';
import { run } from './command';
import { ROOT } from './dist';

/** Runs a part of the torture for a short while, and returns its report. */
export async function torture(part: string, settings: Record<string, number>): Promise<{ faults: string[] }> {
  const words = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const program = join(ROOT, 'test', 'torture', `${part}.mjs`);
  const { stdout, stderr } = await run(process.execPath, [program, ...words]);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}
