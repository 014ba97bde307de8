import { spawn } from 'node:child_process';
import { distPath } from './dist';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let command: string | undefined;

/** Runs the compiled command `port-for`; settings of the environment come on top of our own. */
export function portFor(words: readonly string[], settings: Record<string, string> = {}): Promise<Outcome> {
  command ??= distPath('port-for.js');
  return run(process.execPath, [command, ...words], settings);
}

/**
 * The words that run a program as its users do: tap gives every process that a test starts its own preloads by
 * NODE_OPTIONS, which cost more than our commands and write into the checkout.
 */
export function withoutPreloads(program: string, words: readonly string[]): [string, string[]] {
  return process.platform === 'win32'
    ? [program, [...words]]
    : ['/usr/bin/env', ['-u', 'NODE_OPTIONS', program, ...words]];
}

/** Runs a program to its end, or kills it after `patience` ms: its code is null then. */
export function run(
  program: string,
  words: readonly string[],
  settings: Record<string, string> = {},
  patience?: number,
): Promise<Outcome> {
  const child = spawn(...withoutPreloads(program, words), {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: patience,
    killSignal: 'SIGKILL',
  });
  const texts = [child.stdout, child.stderr].map(async (stream) => {
    stream.setEncoding('utf8');
    let text = '';
    for await (const chunk of stream) text += chunk;
    return text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', async (code) => {
      const [stdout = '', stderr = ''] = await Promise.all(texts);
      resolve({ code, stdout, stderr });
    });
  });
}
