import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { portIsUsed } from '../../lib/scan/port-is-used';
import { scan, scanSync } from '../../lib/scan/scan';
import { run } from '../support/command';
import { distPath } from '../support/dist';
import { filter, insideNamespace, NO_FILTER } from '../support/inside-namespace';
import { setEphemeralRange } from '../support/kernel-settings';
import { HABIT_NAMES, startNaiveServer } from '../support/naive-servers';

/** How often each server is asked in each way; the long form has 1,000. */
const ROUNDS = Number(process.env.TORTURE_ROUNDS ?? 2);

const FIRST_PORT = 7000;
const PORTS = '7000-7049';
const USED = `7000-${FIRST_PORT + HABIT_NAMES.length - 1}`;

const LIST_RESETS = `table inet resets {
  set ports { type inet_service; flags dynamic; counter; }
  chain out { type filter hook output priority 0; tcp dport 7000-7099 tcp flags & rst == rst add @ports { tcp dport }; }
}`;

/** How many resets clients have sent to each port. */
function resets(): Record<string, number> {
  const text = execFileSync('nft', ['list', 'set', 'inet', 'resets', 'ports'], { encoding: 'utf8' });
  const counts = [...text.matchAll(/(\d+) counter packets (\d+)/g)];
  return Object.fromEntries(counts.map(([, port, count]) => [port, Number(count)]));
}

const SCAN_AND_END = `
require(process.argv[1]).scan('${PORTS}', { method: 'connect' }).then(({ used }) => console.log(String(used)));
`;

async function program(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(process.execPath, words);
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${stderr}`);
  return stdout.trim();
}

/** The ways to connect to all servers; each answers which ports are used. */
const WAYS: Record<string, (t: Test) => Promise<string>> = {
  scan: async () => `${(await scan(PORTS, { method: 'connect' })).used}`,
  'in the ephemeral range, where each connection is confirmed': async (t) => {
    const setBack = setEphemeralRange(t, 7000, 9000);
    // Of these no refusal is counted as a reset, which in this range may have the port of a server.
    const { used } = await scan(USED, { method: 'connect', host: '127.0.0.1' });
    setBack();
    return `${used}`;
  },
  scanSync: async () => `${scanSync(PORTS, { method: 'connect' }).used}`,
  'a process that ends': () => program('-e', SCAN_AND_END, distPath('index.js')),
};

insideNamespace(__filename, () => {
  t.test('no server is reset by a scan', { skip: NO_FILTER }, async (t) => {
    filter(LIST_RESETS);
    const errors = await Promise.all(
      HABIT_NAMES.map((habit, index) => startNaiveServer(t, habit, FIRST_PORT + index)),
    );
    for (const [way, ask] of Object.entries(WAYS)) {
      await t.test(way, async (t) => {
        for (let round = 0; round < ROUNDS; round++) t.equal(await ask(t), USED);
        // Until those that speak late have done so.
        await sleep(500);
        t.strictSame(resets(), {});
        t.strictSame(errors.flat(), []);
      });
    }
  });

  t.test('nor by a pick that meets a redirected port', { skip: NO_FILTER }, async (t) => {
    const errors = await startNaiveServer(t, 'greeting', 7098);
    filter(
      'table ip nat { chain out { type nat hook output priority -100; tcp dport 7097 redirect to :7098; }; }',
    );
    t.equal(await portIsUsed(7097), true);
    await sleep(100);
    t.strictSame(errors, []);
    t.strictSame(resets(), {});
  });

  t.test('a scan that is to reset does so', { skip: NO_FILTER }, async (t) => {
    const errors = await startNaiveServer(t, 'greeting', 7099);
    const { used } = await scan(7099, { method: 'connect', host: '127.0.0.1', reset: true });
    t.equal(`${used}`, '7099');
    await sleep(100);
    t.strictSame(resets(), { 7099: 1 });
    t.match(errors, [/ECONNRESET/]);
  });
});
