import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { run } from '../support/command';
import { ROOT } from '../support/dist';

/** The long form has 100,000. */
const COUNT = process.env.FUZZ_RUNS ?? '300';

const SOURCES = ['address', 'port_bits', 'socket_table', 'listener_question'].map(
  (name) => `native/${name}.cc`,
);
const OF_LINUX = ['socket_table', 'proc_net', 'read_file', 'route', 'listener_question'].map(
  (name) => `native/linux/${name}.cc`,
);

/** Builds the program with sanitizers; answers why it cannot be built. */
function build(program: string): string | false {
  if (process.platform !== 'linux') return 'only Linux answers by netlink';
  const words = [
    '-std=c++17',
    '-g',
    '-O1',
    '-fsanitize=address,undefined',
    '-fno-sanitize-recover=all',
    '-Inative',
  ];
  const files = [...SOURCES, ...OF_LINUX, 'test/support/fuzz-answers.cc', '-o', program];
  const { error, status, stderr } = spawnSync('g++', [...words, ...files], { cwd: ROOT, encoding: 'utf8' });
  if (error !== undefined) return 'needs g++';
  if (/cannot find .*(asan|ubsan)/.test(stderr)) return 'needs the libraries of the sanitizers';
  if (status !== 0) throw new Error(stderr);
  return false;
}

const program = join(t.testdir(), 'fuzz-answers');
const skip = build(program);

t.test('an answer of the kernel that is damaged is not believed', { skip }, async (t) => {
  const seed = `${Math.trunc(Math.random() * 2 ** 31)}`;
  // Without a library that is preloaded before the sanitizers' own.
  const { code, stdout, stderr } = await run(program, [COUNT, seed], { LD_PRELOAD: '' });
  t.strictSame({ code, stdout, stderr }, { code: 0, stdout: `${COUNT}\n`, stderr: '' }, `seed ${seed}`);
});
