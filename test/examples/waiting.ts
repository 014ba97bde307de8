import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { run } from '../support/command';
import { distPath, ROOT } from '../support/dist';
import { NO_SYMLINKS } from '../support/file-system';

/** The example in a folder from which the package is found as its users find it. */
function copyExample(t: Test): string {
  const folder = t.testdir();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules', 'port-for-native'), 'dir');
  cpSync(join(ROOT, 'examples', 'waiting'), folder, { recursive: true });
  return folder;
}

const NO_GROUPS = process.platform === 'win32' && 'needs process groups';

t.test('a server is asked as soon as it is ready, from JavaScript', { skip: NO_SYMLINKS }, async (t) => {
  distPath('index.js');
  const outcome = await run(process.execPath, [join(copyExample(t), 'ready.mjs')]);
  t.strictSame(outcome, { code: 0, stdout: 'hello /world\n\n', stderr: '' });
});

t.test('and from the command line', { skip: NO_GROUPS }, async (t) => {
  const folder = copyExample(t);
  const server = ['--start', process.execPath, join(folder, 'server.mjs'), '{web}'];
  const words = ['http://localhost:{web}/health', 'occupied', ...server];
  const outcome = await run(
    process.execPath,
    [distPath('portend.js'), ...words, '--', process.execPath, join(folder, 'check.mjs'), '{web}'],
    { PORT_FOR_CONFIG: join(folder, 'port-for.conf') },
  );
  t.strictSame(outcome, { code: 0, stdout: '200 hello /world\n', stderr: '' });
});
