import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from './program';

/** Somebody who tries to get into a port in a tight loop. */
export interface Attacker {
  /** Waits until the attacker says that it got in, for ten seconds at most: it does a moment after others can see it. */
  gotIn(): Promise<boolean>;
  /** Ends the attack; where the attacker got in, or undefined. */
  stop(): Promise<string | undefined>;
}

/** Builds `enter-port.c` in `folder`; undefined where there is no compiler. Throws what it finds fault with. */
export function buildEnterPort(folder: string): string | undefined {
  const program = join(folder, 'enter-port');
  const source = join(__dirname, 'enter-port.c');
  const { error, stderr } = spawnSync('cc', ['-O2', '-o', program, source], { encoding: 'utf8' });
  if (error !== undefined) return undefined;
  if (stderr !== '') throw new Error(stderr);
  return program;
}

/** Runs the attacker, `PORT ADDRESS...` behind its name. Resolves when the first round was fought. */
export async function attack([command = '', ...words]: readonly string[]): Promise<Attacker> {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const end = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), end]);
  const where = () => /^entered (.*)$/m.exec(text)?.[1];
  return {
    gotIn: () => until(() => where() !== undefined),
    async stop() {
      child.kill('SIGKILL');
      await end;
      return where();
    },
  };
}
