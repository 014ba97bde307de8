import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { PortSet } from '../../../lib/ports/port-set';
import { mockCommand } from '../../support/mocked-command';

const screen = { columns: 80, rows: 24, hasColors: false };
/** The ports that are used, by transport. */
let used: Record<string, string> = {};
let asked: unknown[] = [];

const { command, printed } = mockCommand<typeof import('../../../lib/cli/commands/map')>(t, 'map', {
  'map/port-map': {
    portMap: ({ transport, config }: { transport: string; config?: string }) => {
      const ports = used[transport] ?? '';
      return { transport, config, used: new PortSet(ports === '' ? [] : ports) };
    },
  },
  'map/page': {
    mapToPage: ({ tcp, udp }: Record<string, { transport: string; config: string }>, owners: unknown) =>
      `page of ${tcp?.transport} and ${udp?.transport}, ${udp?.config}, ${JSON.stringify(owners)}\n`,
  },
  'map/svg': { mapToSvg: (map: { transport: string }) => `picture of ${map.transport}\n` },
  'map/terminal': {
    drawMap: (map: { transport: string; config?: string }, on: unknown) => {
      t.equal(on, screen);
      return [`map of ${map.transport}`, `${map.config}`];
    },
  },
  'who/who-has': {
    whoHas: async (ports: PortSet, options: object) => {
      asked.push([ports.toString(), options]);
      return ['node'];
    },
  },
  'cli/seeing/screen': { screen: () => screen },
});

async function draw(t: Test, values: object) {
  printed.length = 0;
  asked = [];
  t.equal(await command.map({ values, words: [], command: undefined } as never), 0);
  return [...printed];
}

t.test('without a file the map is drawn on the terminal', async (t) => {
  t.strictSame(await draw(t, {}), ['map of tcp', 'undefined']);
  t.strictSame(await draw(t, { udp: true, config: '/etc/ports' }), ['map of udp', '/etc/ports']);
});

t.test('a page shows both transports, and who has the ports that are used', async (t) => {
  used = { tcp: '80', udp: '53' };
  const page = 'page of tcp and udp, /etc/ports, ["node"]';
  t.strictSame(await draw(t, { html: '-', config: '/etc/ports' }), [page]);
  t.strictSame(asked, [['53,80', { config: '/etc/ports' }]]);
  used = {};
  t.strictSame(await draw(t, { html: '-' }), ['page of tcp and udp, undefined, []']);
  t.strictSame(asked, []);
});

t.test('pictures go into files, or one to standard output', async (t) => {
  const folder = t.testdir();
  const [html, svg] = [join(folder, 'map.html'), join(folder, 'map.svg')];
  t.strictSame(await draw(t, { html, svg, udp: true }), []);
  t.equal(readFileSync(html, 'utf8'), 'page of tcp and udp, undefined, []\n');
  t.equal(readFileSync(svg, 'utf8'), 'picture of udp\n');
  t.strictSame(await draw(t, { html, svg: '-' }), ['picture of tcp']);
  t.match(await draw(t, { html: '-', svg }), [/^page/]);
});

t.test('a file without a name is refused, and one that cannot be written told', async (t) => {
  for (const option of ['html', 'svg'])
    await t.rejects(draw(t, { [option]: '' }), {
      name: 'UsageError',
      message: `--${option} needs the name of a file`,
    });
  await t.rejects(draw(t, { html: '-', svg: '-' }), { name: 'UsageError', message: /^only one of/ });
  await t.rejects(draw(t, { svg: join(t.testdir(), 'none', 'map.svg') }), {
    exitCode: 1,
    message: /^the map cannot be written: ENOENT/,
    cause: { code: 'ENOENT' },
  });
});
