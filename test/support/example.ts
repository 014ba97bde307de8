import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { type Outcome, run } from './command';
import { distPath, ROOT } from './dist';

/** A copy of an example, in a folder where it finds the package and its commands as its users do. */
export interface ExampleCopy {
  readonly folder: string;
  /** Runs a program in the folder, with a config file of the test's own. */
  run(program: string, words: readonly string[], settings?: Record<string, string>): Promise<Outcome>;
}

/** @param prepare what is done in the folder before the package comes into it, as an installation of others */
export function copyExample(
  t: Test,
  name: string,
  prepare: (folder: string) => void = () => {},
): ExampleCopy {
  distPath('index.js');
  // Outside of this checkout, of which it is no part.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'port-for-example-')));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(ROOT, 'examples', name), folder, { recursive: true });
  prepare(folder);
  const commands = join(folder, 'node_modules', '.bin');
  mkdirSync(commands, { recursive: true });
  symlinkSync(ROOT, join(folder, 'node_modules', 'port-for-native'), 'dir');
  for (const command of ['port-for', 'portend'] as const) {
    symlinkSync(distPath(`${command}.js`), join(commands, command));
  }
  const environment = {
    PATH: `${commands}:${process.env.PATH}`,
    PORT_FOR_CONFIG: join(folder, 'port-for.conf'),
  };
  return {
    folder,
    run: (program, words, settings = {}) =>
      run('env', ['-C', folder, program, ...words], { ...environment, ...settings }, 300_000),
  };
}
