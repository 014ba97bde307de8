import { setTimeout as sleep } from 'node:timers/promises';
import { addon } from '../addon/addon';
import { type RunSettings, runCommand } from './run-command';

/** A command that ran for less is started again after a rest, which grows while that goes on, up to a limit. ms. */
const SHORT_RUN = 1000;
const FIRST_REST = 10;
const LONGEST_REST = 5000;

/** Runs a command again whenever it ends, until a signal asks this process to end; then as {@link runCommand}. */
export async function runAgainAndAgain(command: readonly string[], settings: RunSettings): Promise<number> {
  // Windows has no relay of signals that would know.
  let isInterrupted = false;
  if (process.platform === 'win32')
    process.on('SIGINT', () => {
      isInterrupted = true;
    });
  const isAskedToEnd = () => isInterrupted || addon.endingSignal() !== 0;
  for (let rest = FIRST_REST; ; ) {
    const start = performance.now();
    const code = await runCommand(command, settings);
    rest = performance.now() - start < SHORT_RUN ? Math.min(rest * 2, LONGEST_REST) : FIRST_REST;
    for (let waited = 0; waited < rest; waited += FIRST_REST) {
      if (isAskedToEnd()) return code;
      await sleep(FIRST_REST);
    }
    // One that comes from here on is for the next run.
    addon.catchSignals();
    if (isAskedToEnd()) return code;
  }
}
