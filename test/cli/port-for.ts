import '../support/alone';

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { availableGoodPorts } from '../../lib/registry/good-ports';
import { portFor } from '../support/command';

function configFile(t: Test, content?: string): string {
  return join(t.testdir(content === undefined ? {} : { 'port-for.conf': content }), 'port-for.conf');
}

const done = (stdout: string) => ({ code: 0, stdout, stderr: '' });

t.test('port-for NAME prints a good port, the same one every time', async (t) => {
  const PORT_FOR_CONFIG = configFile(t);
  const first = await portFor(['foo'], { PORT_FOR_CONFIG });
  t.match(first, { code: 0, stdout: /^\d+\n$/, stderr: '' });
  t.ok(availableGoodPorts().has(Number(first.stdout)));
  t.strictSame(await portFor(['FOO'], { PORT_FOR_CONFIG }), first);
  t.strictSame(await portFor(['--bind', 'foo'], { PORT_FOR_CONFIG }), first);
  t.strictSame(await portFor(['--list'], { PORT_FOR_CONFIG }), done(`foo: ${first.stdout}`));
  t.strictSame(
    await portFor(['foo', '--json'], { PORT_FOR_CONFIG }),
    done(`{"name":"foo","port":${Number(first.stdout)}}\n`),
  );
});

t.test('a port can be asked for, listed and forgotten', async (t) => {
  const file = ['--config', configFile(t)];
  t.strictSame(await portFor([...file, '--list']), done(''));
  t.strictSame(await portFor([...file, '--list', '--json']), done('[]\n'));
  t.strictSame(await portFor([...file, 'web', '--port', '19080']), done('19080\n'));
  t.strictSame(
    await portFor([...file, '--bind=Tls', '--port=19443', '--json']),
    done('{"name":"tls","port":19443}\n'),
  );
  t.strictSame(await portFor([...file, '--list']), done('web: 19080\ntls: 19443\n'));
  t.strictSame(
    await portFor([...file, '--list', '--json']),
    done(
      `${JSON.stringify([
        { name: 'web', port: 19080, path: file[1] },
        { name: 'tls', port: 19443, path: file[1] },
      ])}\n`,
    ),
  );
  t.strictSame(await portFor([...file, '--unbind', 'web']), done(''));
  t.strictSame(await portFor([...file, '--unbind', 'TLS', '--json']), done('{"name":"tls","port":19443}\n'));
  t.match(await portFor([...file, '--unbind', 'web']), {
    code: 1,
    stdout: '',
    stderr: /^port-for: "web" has no port in /,
  });
  t.strictSame(await portFor([...file, '--list']), done(''));
});

t.test('a port is changed in one step', async (t) => {
  const file = ['--config', configFile(t)];
  await portFor([...file, 'web', '--port', '19080']);
  t.strictSame(await portFor([...file, '--rebind', 'web', '--port', '19081']), done('19081\n'));
  const other = await portFor([...file, '--rebind', 'WEB', '--json']);
  t.match(other, { code: 0, stdout: /^\{"name":"web","port":\d+\}\n$/ });
  t.match(await portFor([...file, '--list', '--json']), { stdout: other.stdout.slice(0, -2) });
  t.match(await portFor([...file, '--rebind', 'wbe']), {
    code: 1,
    stderr: /^port-for: "wbe" has no port in .*: did you mean "web"\?\n$/,
  });
});

t.test('several names in one call', async (t) => {
  const file = ['--config', configFile(t)];
  const { stdout } = await portFor([...file, 'web', 'db', 'WEB']);
  t.match(stdout, /^\d+\n\d+\n$/);
  const [web, db] = stdout.split('\n').map(Number);
  t.strictSame(
    await portFor([...file, 'db', 'web', '--json']),
    done(`[{"name":"db","port":${db}},{"name":"web","port":${web}}]\n`),
  );
  t.match(await portFor([...file, '--unbind', 'web', 'none']), { code: 1, stderr: /"none" has no port/ });
  t.strictSame(await portFor([...file, '--list']), done(`web: ${web}\ndb: ${db}\n`));
  t.strictSame(await portFor([...file, '-u', 'web', '-u', 'db']), done(''));
  t.strictSame(await portFor([...file, '--list']), done(''));
});

t.test('control characters of a file do not reach the terminal', async (t) => {
  const path = configFile(t, '[DEFAULT]\nweb\u001b[31m = 19080\n');
  t.strictSame(await portFor(['--list', '--config', path]), done('web\\x1b[31m: 19080\n'));
  t.match(await portFor(['web', '--config', join(path, '\u001b[31m')]), { code: 1, stderr: /\\x1b\[31m/ });
});

t.test(
  '--user keeps the associations in the XDG config home, --config counts more than the environment',
  async (t) => {
    const folder = t.testdir({});
    const settings = { XDG_CONFIG_HOME: join(folder, 'home'), PORT_FOR_CONFIG: join(folder, 'default.conf') };
    t.strictSame(await portFor(['--user', 'foo', '--port', '19081'], settings), done('19081\n'));
    t.strictSame(
      await portFor(['--config', join(folder, 'own.conf'), 'foo', '--port', '19082'], settings),
      done('19082\n'),
    );
    t.strictSame(await portFor(['foo', '--port', '19083'], settings), done('19083\n'));
    const [user, own, byDefault] = ['home/port-for.conf', 'own.conf', 'default.conf'].map((file) =>
      readFileSync(join(folder, file), 'utf8'),
    );
    t.strictSame(
      [user, own, byDefault],
      [19081, 19082, 19083].map((port) => `[DEFAULT]\nfoo = ${port}\n`),
    );
  },
);

t.test('help fits a screen and has examples; the version is that of the package', async (t) => {
  t.match(await portFor(['--scan', '--help']), { code: 0, stdout: /^usage: port-for --scan / });
  for (const words of [['--help'], ['-h'], ['a', '--help']]) {
    const { code, stdout, stderr } = await portFor(words);
    t.strictSame({ code, stderr }, { code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    t.ok(lines.length <= 60 && lines.every((line) => line.length <= 80), 'a page of 80 columns');
    t.match(stdout, /Examples:/);
    for (const option of [
      '--port',
      '--unbind',
      '--list',
      '--version',
      '--help',
      '--json',
      '--config',
      '--user',
    ]) {
      t.match(stdout, option);
    }
  }
  const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
    version: string;
  };
  t.strictSame(await portFor(['--version']), done(`${version}\n`));
});
