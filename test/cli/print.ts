import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { run } from '../support/command';
import { distPath } from '../support/dist';
import { NO_PYTHON } from '../support/python';

const SKIP = process.platform === 'win32' ? 'pipes of Windows have no such mode' : NO_PYTHON;

const NAMES = 20_000;

/** Runs a command with a pipe for its output that does not block, and reads it late, or not at all. */
const LATE_READER = `
import os, subprocess, sys, time
reads = sys.argv[1] == 'late'
end, other = os.pipe()
os.set_blocking(other, False)
child = subprocess.Popen(sys.argv[2:], stdout=other)
os.close(other)
if reads:
    time.sleep(0.5)
    lines = open(end).read().count('\\n')
else:
    os.close(end)
    lines = 0
print(lines, child.wait())
`;

function listTo(reader: 'late' | 'gone', config: string) {
  const command = [process.execPath, distPath('port-for.js'), '--config', config, '--list'];
  return run('python3', ['-c', LATE_READER, reader, ...command]);
}

const folder = t.testdir();
const config = join(folder, 'port-for.conf');
const lines = Array.from({ length: NAMES }, (_, index) => `name-${index} = ${1024 + index}`);
writeFileSync(config, ['[DEFAULT]', ...lines, ''].join('\n'));

t.test('a reader that is slow gets all lines', { skip: SKIP }, async (t) => {
  const { stdout, stderr } = await listTo('late', config);
  t.equal(stderr, '');
  t.equal(stdout, `${NAMES} 0\n`);
});

t.test('a reader that has gone is no failure', { skip: SKIP }, async (t) => {
  const { stdout, stderr } = await listTo('gone', config);
  t.equal(stderr, '');
  t.equal(stdout, '0 0\n');
});
