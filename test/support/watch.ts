import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { withoutPreloads } from './command';
import { distPath } from './dist';
import { until } from './program';

/** Starts `port-for`, to be watched while it runs. */
export function start(words: readonly string[]) {
  return watch(process.execPath, [distPath('port-for.js'), ...words]);
}

export function watch(program: string, words: readonly string[]) {
  const child = spawn(...withoutPreloads(program, words), { stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  return {
    stdin: child.stdin,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    end: once(child, 'close'),
    told: () => text,
    /** Waits until the command prints a line that ends so. */
    line: async (line: string) => {
      if (!(await until(() => text.split(/\r?\n/).some((told) => told.endsWith(line)))))
        throw new Error(`no ${line} in: ${text}`);
    },
  };
}
