import '../support/alone';

import { once } from 'node:events';
import { join } from 'node:path';
import t from 'tap';
import { PortStore } from '../../lib/store/port-store';
import { portFor } from '../support/command';
import { listen, portOf } from '../support/listen';
import { startListener } from '../support/listener-process';

const NO_PROC: string | false =
  process.platform === 'linux' ? false : 'owners and their parents are told on Linux';

t.test('--stop ends a listener by name, after a dry run that does not', { skip: NO_PROC }, async (t) => {
  const { child, port } = await startListener(t);
  const config = join(t.testdir(), 'port-for.conf');
  new PortStore(config).bindPortSync('web', port);
  const dry = await portFor(['--stop', 'web', '--dry-run', '--config', config]);
  t.match(dry, {
    code: 0,
    stdout: new RegExp(`^would stop node \\(${child.pid}\\) of \\S+\\n$`),
    stderr: '',
  });
  t.equal(child.exitCode, null);
  const ended = once(child, 'exit');
  const done = await portFor(['--stop', 'web', '--config', config, '--timeout', '10']);
  t.match(done, {
    code: 0,
    stdout: new RegExp(`^stopped node \\(${child.pid}\\) of \\S+: port ${port} is free\\n$`),
    stderr: '',
  });
  await ended;
  const again = await portFor(['--stop', `${port}`]);
  t.match(again, { code: 0, stdout: `nobody listens on port ${port}: nothing to stop\n` });
  const json = JSON.parse((await portFor(['--stop', `${port}`, '--json'])).stdout);
  t.strictSame(json, { port, uses: [], stopped: [], dryRun: false });
});

t.test('--stop refuses what started it, in one line', { skip: NO_PROC }, async (t) => {
  const port = portOf(await listen(t, '127.0.0.1', 0));
  const { code, stdout, stderr } = await portFor(['--stop', `${port}`, '--force']);
  t.strictSame({ code, stdout }, { code: 1, stdout: '' });
  t.match(stderr, /^port-for: port \d+\/tcp is used by .* \(\d+\), which runs this command\n$/);
});

t.test('--stop names a time that is none', async (t) => {
  const { code, stderr } = await portFor(['--stop', '3000', '--timeout', 'soon']);
  t.equal(code, 2);
  t.match(stderr, /--timeout "soon" is no time/);
});
