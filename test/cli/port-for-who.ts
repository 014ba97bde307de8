import '../support/alone';

import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { PortStore } from '../../lib/store/port-store';
import { portFor, withoutPreloads } from '../support/command';
import { distPath } from '../support/dist';
import { listen, portOf } from '../support/listen';
import { NO_TABLE } from '../support/no-table';

t.test('--who tells who has a port, by number or by name', { skip: NO_TABLE }, async (t) => {
  const port = portOf(await listen(t, '127.0.0.1'));
  const config = join(t.testdir(), 'port-for.conf');
  new PortStore(config).bindPortSync('shop', port);
  for (const word of [`${port}`, 'shop']) {
    const { code, stdout, stderr } = await portFor(['--who', word, '--config', config]);
    t.strictSame({ code, stderr }, { code: 0, stderr: '' });
    t.match(stdout, new RegExp(`^${port}/tcp is used by \\S+ \\(${process.pid}\\)`));
    t.match(stdout, /^ {2}name {8}shop /m);
  }
  const { code, stdout } = await portFor(['--who', 'shop', '--config', config, '--json']);
  t.equal(code, 0);
  const [use] = JSON.parse(stdout);
  t.match(use, { port, transport: 'tcp', names: [{ name: 'shop' }], sockets: [{ state: 'listen' }] });
  t.match(use.sockets, [{ processes: [{ pid: process.pid }] }]);
});

t.test('--who tells the names of checkouts, and finds ports by them', { skip: NO_TABLE }, async (t) => {
  const [port, other] = [portOf(await listen(t, '127.0.0.1')), portOf(await listen(t, '127.0.0.1'))];
  const folder = realpathSync(t.testdir({ shop: { '.git': {} }, blog: { '.git': {} } }));
  const [shop, blog] = [join(folder, 'shop'), join(folder, 'blog')];
  const config = join(folder, 'port-for.conf');
  new PortStore(config).project(shop).bindPortSync('web', port);
  for (const word of [`${port}`, 'web']) {
    const { code, stdout } = await portFor(['--who', word, '--config', config]);
    t.equal(code, 0);
    t.match(stdout, new RegExp(`^${port}/tcp is used by `));
    t.match(stdout, /^ {2}name {8}web of the checkout /m);
    t.match(stdout, `${shop} `);
  }
  const json = await portFor(['--who', 'web', '--config', config, '--json']);
  t.match(JSON.parse(json.stdout), [{ port, names: [{ name: 'web', folder: shop, config }] }]);
  const explained = await portFor(['--explain', 'web', '--config', config]);
  t.match(explained.stdout, `it belongs to "web" of ${shop}`);

  new PortStore(config).project(blog).bindPortSync('web', other);
  const both = await portFor(['--who', 'web', '--config', config]);
  t.match(both.stdout, `${port}/tcp is used by `);
  t.match(both.stdout, `${other}/tcp is used by `);
  const unclear = await portFor(['--explain', 'web', '--config', config]);
  t.equal(unclear.code, 2);
  t.match(unclear.stderr, `"web" is a name of 2 checkouts`);
  t.match(unclear.stderr, `${blog} (port ${other}): choose one by --project FOLDER`);
  const chosen = await portFor(['--who', 'web', '--config', config, '--project', blog]);
  t.match(chosen.stdout, new RegExp(`^${other}/tcp is used by `));
  const words = [distPath('port-for.js'), '--who', 'web', '--config', config];
  const current = spawnSync(...withoutPreloads(process.execPath, words), { cwd: shop, encoding: 'utf8' });
  t.match(current.stdout, new RegExp(`^${port}/tcp is used by `));
  t.notMatch(current.stdout, `${other}/tcp`);
  new PortStore(config).bindPortSync('web', 9);
  const plain = await portFor(['--who', 'web', '--config', config]);
  t.strictSame({ code: plain.code, stdout: plain.stdout }, { code: 3, stdout: 'nobody has port 9\n' });
  const absent = await portFor(['--who', 'api', '--config', config, '--project', blog]);
  t.match(absent.stderr, `no port is associated with "api" in ${blog}`);
});

t.test('--who ends with 3 where nobody has the port', { skip: NO_TABLE }, async (t) => {
  const held = leaseSync();
  held.release();
  const { code, stdout, stderr } = await portFor(['--who', `${held.port}`]);
  t.strictSame({ code, stdout, stderr }, { code: 3, stdout: `nobody has port ${held.port}\n`, stderr: '' });
  const json = await portFor(['--who', `${held.port}`, '--json']);
  t.strictSame({ code: json.code, stdout: json.stdout }, { code: 3, stdout: '[]\n' });
});

t.test('--who names what it cannot look for', async (t) => {
  const config = join(t.testdir(), 'none.conf');
  const unknown = await portFor(['--who', 'nothing', '--config', config]);
  t.equal(unknown.code, 1);
  t.match(unknown.stderr, /no port is associated with "nothing"|none\.conf/);
  const off = await portFor(['--who', '70000']);
  t.equal(off.code, 2);
  t.match(off.stderr, /70000 is out of range/);
});
