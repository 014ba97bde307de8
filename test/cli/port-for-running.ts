import '../support/alone';

import { realpathSync } from 'node:fs';
import t from 'tap';
import { portFor } from '../support/command';
import { listen, portOf } from '../support/listen';
import { newConfig, node } from '../support/run-call';
import { start } from '../support/watch';

const LINUX = process.platform === 'linux' ? false : 'only Linux shows who has a port';

t.test('a name that is running says by which command, since when and where', { skip: LINUX }, async (t) => {
  const { words, store } = newConfig(t);
  const child = start([
    ...words,
    '--run',
    'web',
    '--',
    ...node('console.log("ready"); process.stdin.resume()'),
  ]);
  await child.line('ready');
  const port = store.boundPortsSync().get('web');
  const { code, stderr, stdout } = await portFor([...words, '--run', 'web', '--', 'true']);
  t.strictSame({ code, stdout }, { code: 1, stdout: '' });
  t.match(
    stderr,
    new RegExp(
      `^port-for: "web" is running: ".*node -e console.log.*" \\(pid \\d+\\) since \\d\\d:\\d\\d in ` +
        `${realpathSync('.')} has port ${port}\\. Stop that first, or run this under another name ` +
        '\\(--here gives each checkout ports of its own\\)\\n$',
    ),
  );
  t.notMatch(stderr, /unbind|rebind/);
  child.stdin.end();
  await child.end;
});

t.test('a port that a stranger uses is told, with the way to another', { skip: LINUX }, async (t) => {
  const { words, store } = newConfig(t);
  const port = portOf(await listen(t, '127.0.0.1'));
  store.bindPortSync('web', port);
  t.match(await portFor([...words, '--run', 'web', '--', 'true']), {
    code: 1,
    stderr: new RegExp(
      `^port-for: port ${port} of "web" is in use by ".*" \\(pid ${process.pid}\\) since .*: stop that, or give "web" another port \\(--rebind web\\)\\n$`,
    ),
  });
});

t.test('the ports of --with are told and not held', async (t) => {
  const { words, store } = newConfig(t);
  const port = portOf(await listen(t, '127.0.0.1'));
  store.bindPortSync('web', port);
  const script = 'echo $PORT $API_PORT $WEB_PORT $DB_PORT $CACHE_PORT "$0"';
  const { code, stdout, stderr } = await portFor([
    ...words,
    ...['--run', 'api', '--with', 'web,DB', '--with=cache', '--', 'sh', '-c', script, '{web}'],
  ]);
  t.strictSame({ code, stderr }, { code: 0, stderr: '' });
  const ports = store.boundPortsSync();
  const [api, db, cache] = ['api', 'db', 'cache'].map((name) => ports.get(name));
  t.equal(stdout, `${api} ${api} ${port} ${db} ${cache} ${port}\n`);
  t.match(await portFor([...words, '--run', '--temp', '--with', 'a', '--', 'true']), {
    code: 2,
    stderr: /--with/,
  });
});
