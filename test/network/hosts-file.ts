import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { distPath } from '../support/dist';
import { noMounts } from '../support/privilege';

t.test('a name that the hosts file has twice at one address can be leased', { skip: noMounts() }, (t) => {
  const hosts = join(t.testdir({ hosts: '127.0.0.1 localhost twice\n127.0.0.1 twice\n' }), 'hosts');
  const program = `require('${distPath('index.js')}').lease({ host: 'twice' })
    .then((held) => { console.log(held.fds.length); held.release(); })`;
  const words = [process.execPath, '-e', program];
  const script = `mount --bind ${hosts} /etc/hosts && exec env -u NODE_OPTIONS "$@"`;
  const { stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', ...words], {
    encoding: 'utf8',
  });
  t.strictSame({ stdout, stderr }, { stdout: '1\n', stderr: '' });
  t.end();
});
