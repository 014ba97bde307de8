import { spawnSync } from 'node:child_process';

// Imported first, this lets a test file have the ports of a machine to itself: it runs the file again in a network
// namespace of its own, and ends with it. There no other test file, which runs at the same time, can take a port that was
// free a moment ago, dial a listener, or probe a port at the moment when it is bound. Where no namespace can be made
// (other systems, other users than root), the file runs as it is.

const MARK = 'TEST_ALONE';
const [, file = ''] = process.argv;

if (process.env[MARK] === undefined) {
  // The loopback interface is down in a new namespace. The second process ends with the first, whatever ends that.
  const inside = [
    '--net',
    'setpriv',
    '--pdeathsig',
    'KILL',
    'sh',
    '-c',
    'ip link set lo up && exec "$@"',
    'sh',
  ];
  if (spawnSync('unshare', [...inside, 'true']).status === 0) {
    const words = [...inside, process.execPath, ...process.execArgv, ...process.argv.slice(1)];
    const { status, signal } = spawnSync('unshare', words, {
      stdio: 'inherit',
      env: { ...process.env, [MARK]: file },
    });
    if (signal !== null) process.kill(process.pid, signal);
    process.exit(status ?? 1);
  }
}
