import t, { type Test } from 'tap';
import { mockCommand } from '../../support/mocked-command';

/** What the command prints of an explanation, and what it asks for. */
async function explainWith(t: Test, explanation: object, values: object = {}) {
  const asked: unknown[] = [];
  const { command, printed } = mockCommand<typeof import('../../../lib/cli/commands/explain')>(t, 'explain', {
    'explain/explain-port': {
      explainPort: async (...words: unknown[]) => {
        asked.push(words);
        return { verdict: 'VERDICT', rules: [], nearest: [], isGood: true, isFree: true, ...explanation };
      },
    },
    'cli/seeing/wanted-ports': { wantedPort: async () => 3000 },
    'cli/seeing/words': {
      moment: (date: Date) => `<${date.getTime()}>`,
      shortPath: (path: string) => path.replace('/home/ann', '~'),
    },
  });
  t.equal(await command.explain({ values, words: ['web'], command: undefined } as never), 0);
  return { printed, asked };
}

t.test('the verdict comes first, then each rule with what is known of it', async (t) => {
  const rules = [
    { rule: 'assigned', reason: 'IANA assigns it to redis', source: 'https://iana' },
    { rule: 'named', reason: 'it belongs to "web"', detail: 'more', source: '/home/ann/ports' },
    { rule: 'lingering', reason: 'kept', until: new Date(5), source: 'table' },
    { rule: 'lingering', reason: 'kept', detail: 'more', until: new Date(5), source: 'table' },
  ];
  const { printed } = await explainWith(t, { rules });
  t.strictSame(printed, [
    'VERDICT',
    '  assigned          IANA assigns it to redis [https://iana]',
    '  named             it belongs to "web": more [~/ports]',
    '  lingering         kept: until <5> at the latest [table]',
    '  lingering         kept: more; until <5> at the latest [table]',
  ]);
});

t.test('other ports are offered in the place of one that is not good, or not free', async (t) => {
  const nearest = [3001, 2999];
  const offered = async (more: object) => (await explainWith(t, { nearest, ...more })).printed.slice(1);
  t.strictSame(await offered({}), []);
  for (const more of [{ isGood: false }, { isFree: false }])
    t.strictSame(await offered(more), ['nearest good ports: 3001, 2999']);
  t.strictSame(await offered({ isFree: false, nearest: [] }), []);
});

t.test('the transport and the config file are those of the call', async (t) => {
  t.strictSame((await explainWith(t, {})).asked, [[3000, { transport: 'tcp', config: undefined }]]);
  const { asked, printed } = await explainWith(t, {}, { udp: true, config: '/etc/ports', json: true });
  t.strictSame(asked, [[3000, { transport: 'udp', config: '/etc/ports' }]]);
  t.match(JSON.parse(printed.join('\n')), { verdict: 'VERDICT', isGood: true });
});
