import { cpSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { type Outcome, run } from '../support/command';
import { distPath, ROOT } from '../support/dist';
import { insideNamespace, sh } from '../support/inside-namespace';
import { takeSourcePorts, turnIpv6Off } from '../support/kernel-settings';
import { listen, noIpv6, portOf, reservePort } from '../support/listen';
import { noMounts } from '../support/privilege';

/** An address for documentation (RFC 5737), which the namespace is given: its own, and no loopback address. */
const ADDRESS = '198.51.100.7';

/** The command in a copy of the package that nobody built the addon for. */
function copyOfPortend(t: Test): string {
  const folder = t.testdir({ dist: {}, hosts: `127.0.0.1 localhost\n${ADDRESS} own-name\n` });
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  const dist = dirname(distPath('portend.js'));
  for (const file of readdirSync(dist)) {
    if (/^portend.*\.js$/.test(file)) cpSync(join(dist, file), join(folder, 'dist', file));
  }
  return folder;
}

insideNamespace(__filename, () => {
  sh('ip', 'address', 'add', `${ADDRESS}/32`, 'dev', 'lo');

  const judge = async (t: Test, host: string, portend: (...words: string[]) => Promise<Outcome>) => {
    const port = reservePort(t);
    const target = `${host}:${port}`;
    const notBound = `Port ${port} not bound on ${host}.\n`;
    t.strictSame(await portend('-t', '0.1', target, 'occupied'), { code: 1, stdout: '', stderr: notBound });
    t.strictSame(await portend(target, 'free'), { code: 0, stdout: '', stderr: '' });
    await listen(t, ADDRESS, port);
    t.strictSame(await portend(target, 'occupied'), { code: 0, stdout: '', stderr: '' });
  };

  t.test('an address that is no loopback is waited for without an addon', async (t) => {
    const portend = join(copyOfPortend(t), 'dist/portend.js');
    await judge(t, ADDRESS, (...words) => run(process.execPath, [portend, ...words]));
  });

  t.test('without a source port left, nothing of this machine is called free', async (t) => {
    const portend = join(copyOfPortend(t), 'dist/portend.js');
    const server = await listen(t, '127.0.0.1');
    takeSourcePorts(t);
    const { code } = await run(process.execPath, [
      portend,
      '-t',
      '0.1',
      `127.0.0.1:${portOf(server)}`,
      'free',
    ]);
    t.equal(code, 1);
  });

  t.test('where IPv6 is off, its loopback has nothing', { skip: noIpv6() }, async (t) => {
    const portend = join(copyOfPortend(t), 'dist/portend.js');
    turnIpv6Off(t);
    const { code } = await run(process.execPath, [portend, `localhost:${reservePort(t)}`, 'free']);
    t.equal(code, 0);
  });

  t.test('a name of an address that is no loopback is waited for, too', { skip: noMounts() }, async (t) => {
    const folder = copyOfPortend(t);
    const script = `mount --bind ${join(folder, 'hosts')} /etc/hosts && exec "$@"`;
    const words = ['-m', 'sh', '-c', script, 'sh', process.execPath, join(folder, 'dist/portend.js')];
    await judge(t, 'own-name', (...more) => run('unshare', [...words, ...more]));
  });
});
