import t from 'tap';
import { ROOT } from '../support/dist';
import { NO_SIGNALS } from '../support/run-call';
import { watch } from '../support/watch';

const NO_HANDLES: string | false =
  process.platform === 'linux' ? false : 'only Linux has handles of processes, and /proc to count them';

/** Has `addon`, and `run()`, which starts a command, and tells by which signal it ended. */
const PROGRAM = `
  const addon = require('node-gyp-build')(${JSON.stringify(ROOT)});
  const { spawn } = require('node:child_process');
  const { once } = require('node:events');
  const { readdirSync } = require('node:fs');
  const run = async (...words) => {
    const command = spawn('sleep', words, { stdio: 'ignore' });
    addon.relaySignalsTo(command.pid);
    const [code, signal] = await once(command, 'exit');
    addon.endSignalRelay();
    return signal ?? code;
  };`;

async function tell(program: string): Promise<string> {
  const child = watch(process.execPath, ['-e', `${PROGRAM}(async () => {${program}})();`]);
  await child.end;
  return child.told();
}

t.test('a signal that comes between two commands is for the second', { skip: NO_SIGNALS }, async (t) => {
  const program = `
    addon.catchSignals();
    const first = await run('0');
    addon.catchSignals();
    process.kill(process.pid, 'SIGUSR1');
    const second = await run('10');
    addon.catchSignals();
    console.log(first, second, await run('0.1'), addon.endingSignal());`;
  t.equal(await tell(program), '0 SIGUSR1 0 0\n');
});

t.test('a signal that comes after a command is for nobody', { skip: NO_SIGNALS }, async (t) => {
  const program = `
    addon.catchSignals();
    await run('0');
    process.kill(process.pid, 'SIGTERM');
    addon.catchSignals();
    console.log(await run('0.1'), addon.endingSignal());`;
  t.equal(await tell(program), '0 15\n');
});

t.test('commands that have ended leave no descriptor', { skip: NO_HANDLES }, async (t) => {
  const program = `
    const count = () => readdirSync('/proc/self/fd').length;
    addon.catchSignals();
    await run('0');
    const before = count();
    for (let round = 0; round < 10; round++) await run('0');
    console.log(count() - before);`;
  t.equal(await tell(program), '0\n');
});
