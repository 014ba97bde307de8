import { join } from 'node:path';
import t from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { PortStore } from '../../lib/store/port-store';
import { portFor } from '../support/command';
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
  t.match(JSON.parse(stdout), [
    {
      port,
      transport: 'tcp',
      names: [{ name: 'shop' }],
      sockets: [{ state: 'listen', processes: [{ pid: process.pid }] }],
    },
  ]);
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
