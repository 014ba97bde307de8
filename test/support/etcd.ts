import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { leaseManySync } from '../../lib/lease/lease';
import { occupied } from '../../lib/wait/wait';

/** Why there can be no cluster here; false where there can, as `skip` takes it. */
export const NO_ETCD: string | false =
  spawnSync('etcd', ['--version']).status === 0 ? false : 'needs etcd (etcd-server)';

/** One member of a cluster. */
export interface Member {
  readonly host: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** Ends it at once, as a power failure does. */
  kill(): Promise<void>;
}

/**
 * Starts a cluster with a member at each of the hosts, which end with the test. Their ports are held by leases, beside
 * which they listen.
 *
 * @param words further words for every member
 */
export async function startEtcd(
  t: Test,
  hosts: readonly string[] = ['127.0.0.1'],
  words: readonly string[] = [],
): Promise<Member[]> {
  const folder = mkdtempSync(join(tmpdir(), 'etcd-'));
  const scheme = words.includes('--cert-file') ? 'https' : 'http';
  const places = hosts.map((host, index) => {
    const held = leaseManySync(2);
    t.teardown(() => {
      for (const lease of held) lease.release();
    });
    const [port = 0, peerPort = 0] = held.map((lease) => lease.port);
    return {
      host,
      port,
      name: `m${index}`,
      client: `${scheme}://${host}:${port}`,
      peer: `http://${host}:${peerPort}`,
    };
  });
  const cluster = places.map(({ name, peer }) => `${name}=${peer}`).join(',');
  const members = places.map(({ host, port, name, client, peer }) => {
    const child = spawn(
      'etcd',
      [
        ...['--name', name, '--data-dir', join(folder, name), '--initial-cluster', cluster],
        ...['--listen-client-urls', client, '--advertise-client-urls', client],
        ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
        ...['--heartbeat-interval', '50', '--election-timeout', '500', ...words],
      ],
      { stdio: 'ignore' },
    );
    const ended = once(child, 'exit');
    const kill = async () => {
      child.kill('SIGKILL');
      await ended;
    };
    return { host, port, process: child, kill };
  });
  t.teardown(async () => {
    for (const { kill } of members) await kill();
    rmSync(folder, { recursive: true, force: true });
  });
  await Promise.all(
    members.map(({ host, port, process }) => occupied(host, port, { timeout: 60_000, process })),
  );
  return members;
}

/** The URL of a store in the cluster. */
export function storeUrl(members: readonly Member[], prefix = '/test', userinfo = ''): string {
  return `etcd://${userinfo}${members.map(({ host, port }) => `${host}:${port}`).join(',')}${prefix}`;
}

/** Runs etcdctl on the cluster. Throws where that fails. */
export function etcdctl(members: readonly Member[], ...words: string[]): string {
  const endpoints = members.map(({ host, port }) => `${host}:${port}`).join(',');
  const { status, stdout, stderr } = spawnSync('etcdctl', ['--endpoints', endpoints, ...words], {
    encoding: 'utf8',
    env: { ...process.env, ETCDCTL_API: '3' },
  });
  if (status !== 0) throw new Error(`etcdctl ${words.join(' ')}: ${stderr}`);
  return stdout;
}
