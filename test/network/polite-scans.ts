import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { portIsUsed } from '../../lib/scan/port-is-used';
import { scan, scanSync } from '../../lib/scan/scan';
import { run } from '../support/command';
import { distPath } from '../support/dist';
import { filter, insideNamespace, NO_FILTER } from '../support/inside-namespace';
import { setEphemeralRange } from '../support/kernel-settings';
import { HABIT_NAMES, startNaiveServers } from '../support/naive-servers';

/** How often each server is asked in each way; the long form has 1,000. */
const ROUNDS = Number(process.env.TORTURE_ROUNDS ?? 2);

const FIRST_PORT = 7000;
const PORTS = '7000-7049';
const GREETING = FIRST_PORT + HABIT_NAMES.indexOf('greeting');
const GREETING_LATE = FIRST_PORT + HABIT_NAMES.indexOf('greeting late');
const USED = `7000-${FIRST_PORT + HABIT_NAMES.length - 1}`;

const LIST_RESETS = `table inet resets {
  set ports { type inet_service; flags dynamic; counter; }
  chain out { type filter hook output priority 0; tcp dport 7000-7099 tcp flags & rst == rst add @ports { tcp dport }; }
}`;

/** How many resets clients have sent to each port since the last call. */
function resets(): Record<string, number> {
  const text = execFileSync('nft', ['list', 'set', 'inet', 'resets', 'ports'], { encoding: 'utf8' });
  filter('flush set inet resets ports');
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

/** Processes take so long to start that there are fewer rounds of them. */
const ENDING = 'a process that ends';

/** The ways to connect to all servers; each answers which ports are used. */
const WAYS: Record<string, (t: Test) => Promise<string>> = {
  scan: async () => `${(await scan(PORTS, { method: 'connect' })).used}`,
  'a scan in the ephemeral range, where each connection is confirmed': async (t) => {
    const setBack = setEphemeralRange(t, 7000, 9000);
    // Of these no refusal is counted as a reset, which in this range may have the port of a server.
    const { used } = await scan(USED, { method: 'connect', host: '127.0.0.1' });
    setBack();
    return `${used}`;
  },
  scanSync: async () => `${scanSync(PORTS, { method: 'connect' }).used}`,
  [ENDING]: () => program('-e', SCAN_AND_END, distPath('index.js')),
};

insideNamespace(__filename, () => {
  t.test('servers that handle no errors of a connection', { skip: NO_FILTER }, async (t) => {
    filter(LIST_RESETS);
    const ports = HABIT_NAMES.map((habit, index) => [habit, FIRST_PORT + index]);
    const { takeErrors } = await startNaiveServers(t, Object.fromEntries(ports));
    for (const [way, ask] of Object.entries(WAYS)) {
      await t.test(`are not reset by ${way}`, async (t) => {
        const rounds = way === ENDING ? Math.ceil(ROUNDS / 10) : ROUNDS;
        for (let round = 0; round < rounds; round++) {
          const used = await ask(t);
          if (used !== USED || round === 0) t.equal(used, USED);
        }
        // Until those that speak late have done so.
        await sleep(500);
        t.strictSame(resets(), {});
        t.strictSame(await takeErrors(), []);
      });
    }

    await t.test('are not reset by a pick that meets a redirected port', async (t) => {
      filter(
        `table ip nat { chain out { type nat hook output priority -100; tcp dport 7097 redirect to :${GREETING}; }; }`,
      );
      for (let round = 0; round < ROUNDS; round++) t.equal(await portIsUsed(7097), true);
      await sleep(100);
      t.strictSame(await takeErrors(), []);
      t.strictSame(resets(), {});
    });

    await t.test('are not reset by a scan with room for a few of them', async (t) => {
      filter(
        `table ip crowd { chain out { type nat hook output priority -100; tcp dport 7100-7179 redirect to :${GREETING_LATE}; }; }`,
      );
      const scanAndEnd = SCAN_AND_END.replace(PORTS, '7100-7179').replace(
        "'connect'",
        "'connect', host: '127.0.0.1'",
      );
      const words = ['-e', scanAndEnd, distPath('index.js')];
      const shell = ['-c', 'ulimit -n 64; exec "$@"', 'sh', process.execPath, ...words];
      t.equal((await run('sh', shell)).stdout, '7100-7179\n');
      await sleep(500);
      t.strictSame(resets(), {});
      t.strictSame(await takeErrors(), []);
    });

    await t.test('are reset by a scan that is to do so', async (t) => {
      const { used } = await scan(GREETING, { method: 'connect', host: '127.0.0.1', reset: true });
      t.equal(`${used}`, `${GREETING}`);
      let errors: string[] = [];
      for (let looks = 0; looks < 100 && errors.length === 0; looks++) {
        await sleep(100);
        errors = await takeErrors();
      }
      t.strictSame(resets(), { [GREETING]: 1 });
      t.match(errors, [/greeting: .*ECONNRESET/]);
    });
  });
});
