import t, { type Test } from 'tap';
import { mockCommand } from '../../support/mocked-command';

/** What the command prints, and what it asks for, where a stop ends so. */
async function stopWith(t: Test, result: object, values: object = {}) {
  const asked: unknown[] = [];
  const { command, printed } = mockCommand<typeof import('../../../lib/cli/commands/stop')>(t, 'stop', {
    'stop/stop-listener': {
      stopListener: async (...words: unknown[]) => {
        asked.push(words);
        return { port: 3000, uses: [{}], stopped: [], ...result };
      },
    },
    'cli/seeing/wanted-ports': { wantedPort: async () => 3000 },
  });
  const code = await command.stop({ values, words: ['3000'], command: undefined } as never);
  return { code, printed, asked };
}

const NODE = { pid: 7, name: 'node', user: 'ann', signal: 'SIGTERM' };
const STUBBORN = { pid: 8, name: 'java', signal: 'SIGKILL' };

t.test('what was stopped is told, with its user, and whether it took SIGKILL', async (t) => {
  t.match(await stopWith(t, { stopped: [NODE] }), {
    code: 0,
    printed: ['stopped node (7) of ann: port 3000 is free'],
  });
  const both = await stopWith(t, { stopped: [NODE, STUBBORN] });
  t.strictSame(both.printed, ['stopped node (7) of ann and java (8) by SIGKILL: port 3000 is free']);
  const dry = await stopWith(t, { stopped: [NODE] }, { 'dry-run': true });
  t.strictSame(dry.printed, ['would stop node (7) of ann']);
});

t.test('nothing to stop is no failure', async (t) => {
  t.match(await stopWith(t, { uses: [] }), {
    code: 0,
    printed: ['nobody listens on port 3000: nothing to stop'],
  });
  const ended = await stopWith(t, {});
  t.strictSame(ended.printed, ['stopped nothing, since it had ended by itself: port 3000 is free']);
});

t.test('the options of the call are those of the stop', async (t) => {
  const usual = await stopWith(t, {});
  t.strictSame(usual.asked, [[3000, { dryRun: false, force: false, timeout: undefined, config: undefined }]]);
  const values = { 'dry-run': true, force: true, timeout: '1.5', config: '/etc/ports', json: true };
  const { asked, printed } = await stopWith(t, { stopped: [NODE] }, values);
  t.strictSame(asked, [[3000, { dryRun: true, force: true, timeout: 1500, config: '/etc/ports' }]]);
  t.strictSame(
    printed.map((line) => JSON.parse(line)),
    [{ port: 3000, uses: [{}], stopped: [NODE], dryRun: true }],
  );
});
