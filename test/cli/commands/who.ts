import t, { type Test } from 'tap';
import { PortSet } from '../../../lib/ports/port-set';

/** What the command prints and ends with, where somebody has `used` of the ports. */
async function whoOf(t: Test, ports: string, used: readonly number[], json = false) {
  const printed: string[] = [];
  const { who } = t.mockRequire<typeof import('../../../lib/cli/commands/who')>(
    '../../../lib/cli/commands/who',
    {
      '../../../lib/who/who-has': { whoHas: async () => used.map((port) => ({ port })) },
      '../../../lib/cli/seeing/use-text': {
        describeUse: ({ port }: { port: number }) => [`${port}:`, '  node'],
      },
      '../../../lib/cli/seeing/wanted-ports': { wantedPorts: async () => new PortSet(ports) },
      '../../../lib/cli/print': { print: (...lines: string[]) => printed.push(...lines) },
    },
  );
  return { code: await who({ values: { json }, words: [ports], command: undefined } as never), printed };
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
