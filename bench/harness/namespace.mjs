import { spawnSync } from 'node:child_process';
import { BASELINE } from './baseline.mjs';
import { hasTool, isRoot, outputOf, startHelper } from './children.mjs';

/** Why no network namespace can be made here; undefined where it can. */
export function noNamespace() {
  if (process.platform !== 'linux') return 'network namespaces are Linux’s';
  if (!isRoot) return 'making a network namespace takes root';
  if (!hasTool('unshare') || !hasTool('ip')) return 'unshare or ip is not installed';
  return spawnSync('unshare', ['-n', 'true']).status === 0 ? undefined : 'unshare -n is refused';
}

/** The words that run a command in a new network namespace, where nobody else's sockets are. */
export function inNamespace(command) {
  return ['unshare', '-n', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', ...command];
}

/**
 * Makes a host that a round trip of `delay` milliseconds lies between: two namespaces, joined by a slow wire. `near`
 * and `far` make the words that run a command at either end.
 */
export async function makeRemoteHost({ delay }) {
  const [near, far] = [`bench-near-${process.pid}`, `bench-far-${process.pid}`];
  const addresses = { [near]: '10.111.0.1', [far]: '10.111.0.2' };
  let wire;
  const remove = async () => {
    await wire?.stop();
    for (const name of [near, far]) await ip('netns', 'delete', name);
  };
  for (const name of [near, far]) await ip('netns', 'add', name);
  try {
    const nanoseconds = String((delay / 2) * 1e6);
    wire = await startHelper(BASELINE, ['join', `/run/netns/${near}`, `/run/netns/${far}`, nanoseconds]);
    for (const name of [near, far]) {
      await ip('-n', name, 'address', 'add', `${addresses[name]}/24`, 'dev', 'remote');
      await ip('-n', name, 'link', 'set', 'lo', 'up');
      // With room for all that a scan sends at once.
      await ip('-n', name, 'link', 'set', 'remote', 'txqueuelen', '100000', 'up');
    }
  } catch (error) {
    await remove();
    throw error;
  }
  const run = (name) => (command) => ['ip', 'netns', 'exec', name, ...command];
  return { address: addresses[far], near: run(near), far: run(far), remove };
}

const ip = (...words) => outputOf('ip', words);
