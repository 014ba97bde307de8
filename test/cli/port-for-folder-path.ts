import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { PortStore } from '../../lib/store/port-store';
import { portFor } from '../support/command';

t.test('a path that names a folder is refused, and nothing is made', async (t) => {
  const folder = t.testdir();
  const path = `${join(folder, 'new')}/`;
  t.throws(() => new PortStore(path), {
    code: 'ERR_PORT_INVALID_VALUE',
    message: /^path ".+ names a folder: name a file in it$/,
  });
  t.match(await portFor(['--config', path, 'web']), { code: 2, stdout: '', stderr: /names a folder/ });
  t.strictSame(readdirSync(folder), []);
});
