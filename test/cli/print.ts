import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { run } from '../support/command';
import { distPath } from '../support/dist';
import { NO_PYTHON } from '../support/python';

/** The function with a `writeSync` of its own, and what is left to `process.stdout`. */
function load(t: Test, write: (bytes: Buffer) => number) {
  const { print } = t.mockRequire<typeof import('../../lib/cli/print')>('../../lib/cli/print', {
    'node:fs': {
      writeSync: (fd: number, bytes: Buffer) => {
        if (fd !== 1) throw new Error(`standard output is not ${fd}`);
        return write(bytes);
      },
    },
  });
  const left: string[] = [];
  const printApart = (...lines: string[]) => {
    const { write } = process.stdout;
    process.stdout.write = (bytes: Uint8Array | string) => left.push(bytes.toString()) > 0;
    try {
      print(...lines);
    } finally {
      process.stdout.write = write;
    }
  };
  return { print: printApart, left };
}

const failure = (code: string) => Object.assign(new Error(`${code}: it failed`), { code, syscall: 'write' });

t.test('what is written in parts is written whole', async (t) => {
  let written = '';
  const { print, left } = load(t, (bytes) => {
    written += bytes.subarray(0, 5).toString();
    return Math.min(5, bytes.length);
  });
  print('web: 80', 'datab\u00e4se: 81');
  t.strictSame([written, left], ['web: 80\ndatab\u00e4se: 81\n', []]);
});

t.test('the rest that finds no room is left to the event loop', async (t) => {
  let count = 0;
  const { print, left } = load(t, () => {
    if (count++ === 1) throw failure('EAGAIN');
    return 4;
  });
  print('web: 80');
  t.strictSame(left, [' 80\n']);
});

t.test('a disk without room is a failure, a reader that has gone is none', async (t) => {
  const cause = failure('ENOSPC');
  const { print } = load(t, () => {
    throw cause;
  });
  t.throws(() => print('web: 80'), {
    code: 'ERR_PORT_SYSTEM',
    systemCode: 'ENOSPC',
    syscall: 'write',
    message: 'cannot write to standard output: ENOSPC: it failed',
    cause,
  });
  const { print: printToNobody, left } = load(t, () => {
    throw failure('EPIPE');
  });
  printToNobody('web: 80');
  t.strictSame(left, []);
});

t.test(
  'a command whose output cannot be written fails',
  { skip: process.platform !== 'linux' && 'only Linux has /dev/full' },
  async (t) => {
    const command = [process.execPath, distPath('port-for.js'), '--version'];
    const { code, stderr } = await run('sh', ['-c', 'exec "$@" > /dev/full', 'sh', ...command]);
    t.equal(code, 1);
    t.match(stderr, /^port-for: cannot write to standard output: ENOSPC.*\n$/);
  },
);

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
