import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { delimiter } from 'node:path';

// Tools such as nmap and ip are not on every user's path.
const environment = { ...process.env, PATH: [process.env.PATH, '/usr/sbin', '/sbin'].join(delimiter) };

/** Whether the system has the command `name`. */
export function hasTool(name) {
  return spawnSync('which', [name], { env: environment, stdio: 'ignore' }).status === 0;
}

export const isRoot = process.getuid?.() === 0;

/** Milliseconds from the start of a command to its end. It must succeed. */
export function commandMilliseconds(command, args) {
  const start = process.hrtime.bigint();
  const { status, error, stderr } = spawnSync(command, args, {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const taken = Number(process.hrtime.bigint() - start) / 1e6;
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return taken;
}

/** What a command prints on its standard output. It must succeed. */
export async function outputOf(command, args) {
  const child = spawn(command, args, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code ?? signal}`);
  return output.trim();
}

/** What a script of ours, run by Node in a process of its own, prints as JSON. */
export async function nodeOutput(script, args = [], nodeOptions = []) {
  return JSON.parse(await outputOf(process.execPath, [...nodeOptions, script, ...args.map(String)]));
}

/** Starts a command that prints a line when it is ready and ends with its standard input. */
export async function startHelper(command, args) {
  const child = spawn(command, args, { env: environment, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdout.setEncoding('utf8');
  const ended = once(child, 'exit');
  const [line] = await Promise.race([
    once(child.stdout, 'data'),
    ended.then(([code]) => {
      throw new Error(`${command} ${args.join(' ')} ended with ${code} before it was ready`);
    }),
  ]);
  return {
    line: line.trim(),
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
