import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { mapToPage } from '../../lib/map/page';
import { kindsByPort, PORT_KINDS, portMap } from '../../lib/map/port-map';
import { PortSet } from '../../lib/ports/port-set';
import { serviceName } from '../../lib/registry/services';
import { PortStore } from '../../lib/store/port-store';
import type { HeldSocket, PortUse } from '../../lib/who/port-use';
import { whoHasSync } from '../../lib/who/who-has';
import { NO_BROWSER, startBrowser } from '../support/chromium';
import { ROOT } from '../support/dist';
import { listen, portOf } from '../support/listen';
import { LISTENER } from '../support/listener';
import { NO_TABLE } from '../support/no-table';

/** Where screenshots are kept for people to look at. */
const PICTURES = join(ROOT, '.tap', 'screenshots');

/** The data that a page holds for its script. */
function dataOf(page: string) {
  const [, json = ''] = page.match(/<script type="application\/json" id="data">([^<]*)<\/script>/) ?? [];
  return JSON.parse(json);
}

function heldBy(pid: number, values: Partial<HeldSocket> = {}): HeldSocket {
  return { ...LISTENER, processes: [{ pid, name: 'node', parents: [] } as never], ...values };
}

t.test('the page holds what the map and the uses tell', { skip: NO_TABLE }, (t) => {
  const used = new PortSet('3000,4000');
  const names = new Map([
    [
      18_501,
      [
        { name: '$&<b>', config: '/c' },
        { name: 'web', config: '/c', folder: '/app' },
      ],
    ],
  ]);
  const maps = {
    tcp: { ...portMap(), used, names },
    udp: { ...portMap({ transport: 'udp' }), used: new PortSet(), names: new Map() },
  };
  const sockets = [
    heldBy(7, { clients: 2 }),
    heldBy(7, { clients: 3 }),
    heldBy(7, { address: '::1', listens: false }),
    heldBy(8, { address: '0.0.0.0' }),
  ];
  const uses: PortUse[] = [
    { port: 3000, transport: 'tcp', names: [], sockets },
    { port: 3000, transport: 'udp', names: [], sockets: [heldBy(9)] },
  ];
  const data = dataOf(mapToPage(maps, uses, new Date(0)));
  t.equal(data.at, '1970-01-01T00:00:00.000Z');
  t.strictSame(
    data.kinds.map(({ name, meaning }: Record<string, string>) => [name, meaning]),
    Object.entries(PORT_KINDS),
  );
  t.strictSame(data.transports.tcp.used, [
    [3000, 'node (7), node (8)', ['127.0.0.1 (this machine)', '::1', '0.0.0.0 (this machine)'], 5],
    [4000, '', [], 0],
  ]);
  t.strictSame(data.transports.udp.used, []);
  t.strictSame(data.transports.tcp.names, [[18_501, ['$&<b>', 'web (/app)']]]);
  for (const transport of ['tcp', 'udp'] as const) {
    const { runs, services } = data.transports[transport];
    const kinds = new Uint8Array(65_536);
    for (let index = 0; index < runs.length; index += 2) kinds.fill(runs[index + 1], runs[index]);
    t.strictSame(kinds, kindsByPort(maps[transport]));
    t.equal(runs[0], 0);
    const texts: unknown[] = new Array(65_535).fill(undefined);
    for (const [low, high, text] of services) {
      if (texts[low - 2] === text) t.fail(`${text} is told twice in a row`);
      texts.fill(text, low - 1, high);
    }
    t.strictSame(texts, servicesByPort(transport));
  }
  t.end();
});

/** What each port is known for, port by port. */
function servicesByPort(transport: 'tcp' | 'udp'): unknown[] {
  return Array.from({ length: 65_535 }, (_, index) => {
    const service = serviceName(index + 1, transport);
    return service && [...new Set([service.name, ...service.unofficialUses])].join(', ');
  });
}

t.test(
  'the page shows all ports, and answers to mouse and keys',
  { skip: NO_TABLE || NO_BROWSER },
  async (t) => {
    const port = portOf(await listen(t, '127.0.0.1'));
    const config = join(t.testdir({}), 'port-for.conf');
    new PortStore(config).bindPortSync('</script><img onerror>', 18_501);
    const maps = { tcp: portMap({ config }), udp: portMap({ transport: 'udp', config }) };
    const path = join(t.testdirName, 'map.html');
    writeFileSync(path, mapToPage(maps, whoHasSync(maps.tcp.used.union(maps.udp.used), { config })));

    const browser = await startBrowser(t);
    const page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    const faults: string[] = [];
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('request', (request) => /^https?:/.test(request.url()) && faults.push(request.url()));
    const details = () => page.$eval('#details', (element) => element.textContent ?? '');
    const heading = () => page.$eval('#chosen', (element) => element.textContent ?? '');
    mkdirSync(PICTURES, { recursive: true });
    for (const [width, height, scheme] of [
      [1280, 860, 'dark'],
      [400, 800, 'dark'],
      [1280, 860, 'light'],
    ] as const) {
      await page.setViewport({ width, height });
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await page.goto(pathToFileURL(path).href);
      await page.waitForFunction('document.documentElement.dataset.ready');
      await page.screenshot({ path: join(PICTURES, `port-map-${width}-${scheme}.png`) });
      t.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `fits ${width} pixels`);
    }

    await page.type('#search', `${port}`);
    t.equal(await heading(), `Port ${port}/tcp`);
    t.match(await details(), new RegExp(`Used by.*\\(${process.pid}\\)`));
    t.match(await details(), '127.0.0.1 (this machine)');
    await page.keyboard.press('Escape');
    await page.type('#search', 'redis');
    const results = () =>
      page.$$eval('#results button', (all) => all.map(({ textContent }) => textContent ?? ''));
    t.ok((await results()).some((text) => /^6379 .*redis/i.test(text)));
    await page.keyboard.press('Escape');
    await page.type('#search', 'script');
    t.ok(
      (await page.$$eval('#results button', (all) => all.map(({ textContent }) => textContent))).some(
        (text) => text?.startsWith('18501'),
      ),
    );
    t.equal(await page.$('#results img'), null, 'a name is text, whatever is in it');
    await page.keyboard.press('Escape');

    await page.focus('#map');
    await page.keyboard.press('Home');
    t.equal(await heading(), 'Port 0/tcp');
    for (const key of ['ArrowRight', 'ArrowDown', 'PageDown'] as const) await page.keyboard.press(key);
    t.equal(await heading(), `Port ${1 + 256 + 16 * 256}/tcp`);
    await page.keyboard.press('Home');
    await page.keyboard.press('n');
    t.equal(await heading(), `Port ${[...maps.tcp.used][0]}/tcp`);
    await page.keyboard.press('+');
    await page.keyboard.press('0');

    const box = await (await page.$('#map'))?.boundingBox();
    if (!box) throw new Error('no canvas');
    const place = [box.x + (box.width * 10.5) / 256, box.y + (box.height * 20.5) / 256] as const;
    await page.mouse.move(...place);
    t.match(await page.$eval('#tip', (element) => element.textContent), /^5130\/tcp /);
    await page.mouse.click(...place);
    t.equal(await heading(), 'Port 5130/tcp');
    await page.mouse.wheel({ deltaY: -500 });

    await page.click('#udp');
    t.equal(await heading(), 'Port 5130/udp');
    await page.click('#kinds input');
    await page.click('#theme');
    await page.click('summary');
    await page.waitForFunction("document.querySelectorAll('#rows tr').length > 1000");
    t.strictSame(faults, []);
  },
);
