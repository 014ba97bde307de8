import t, { type Test } from 'tap';
import { PortSet } from '../../../lib/ports/port-set';
import { mockCommand } from '../../support/mocked-command';

/** What the command prints and ends with, where somebody has `used` of the ports. */
async function whoOf(t: Test, ports: string, used: readonly number[], json = false) {
  const { command, printed } = mockCommand<typeof import('../../../lib/cli/commands/who')>(t, 'who', {
    'who/who-has': { whoHas: async () => used.map((port) => ({ port })) },
    'cli/seeing/use-text': { describeUse: ({ port }: { port: number }) => [`${port}:`, '  node'] },
    'cli/seeing/wanted-ports': { wantedPorts: async () => new PortSet(ports) },
  });
  return {
    code: await command.who({ values: { json }, words: [ports], command: undefined } as never),
    printed,
  };
}

t.test('who has ports is told first, then which nobody has', async (t) => {
  t.strictSame(await whoOf(t, '80-82', [81]), {
    code: 0,
    printed: ['81:', '  node', 'nobody has ports 80,82'],
  });
  t.strictSame(await whoOf(t, '80-81', [81]), { code: 0, printed: ['81:', '  node', 'nobody has port 80'] });
  t.strictSame(await whoOf(t, '80', [80]), { code: 0, printed: ['80:', '  node'] });
});

t.test('the exit code says that nobody has any', async (t) => {
  t.strictSame(await whoOf(t, '80', []), { code: 3, printed: ['nobody has port 80'] });
  t.strictSame(await whoOf(t, '80', [], true), { code: 3, printed: ['[]'] });
  t.strictSame(await whoOf(t, '80-81', [80], true), { code: 0, printed: ['[{"port":80}]'] });
});
