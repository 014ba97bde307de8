import { toAuthority } from '../host/authority';

/** What a process that publishes ports of containers passes connections on to. */
export interface ContainerProxy {
  /** The container engine that it belongs to. */
  readonly engine: string;
  /** Where it passes connections on to, where its command line tells: `'172.17.0.2:80'`. */
  readonly target?: string;
  /** The container's id, where the engine's socket can be asked for it. */
  readonly id?: string;
  /** The container's name, likewise. */
  readonly name?: string;
}

/** The programs by which engines publish the ports of containers; the kernel cuts names off after 15 characters. */
const PROXIES: ReadonlyMap<string, string> = new Map([
  ['docker-proxy', 'docker'],
  ['com.docker.back', 'docker'],
  ['vpnkit', 'docker'],
  ['rootlesskit', 'docker'],
  ['rootlessport', 'podman'],
  ['rootlessport-ch', 'podman'],
  ['slirp4netns', 'podman'],
  ['pasta', 'podman'],
  ['pasta.avx2', 'podman'],
  ['gvproxy', 'podman'],
]);

/** What a process is to containers whose ports it publishes; undefined for any other process. */
export function containerProxy(name: string, command: string): ContainerProxy | undefined {
  const engine = PROXIES.get(name);
  if (engine === undefined) return undefined;
  const ip = /(?:^| )-container-ip[ =](\S+)/.exec(command)?.[1];
  const port = /(?:^| )-container-port[ =](\d+)/.exec(command)?.[1];
  if (ip === undefined || port === undefined) return { engine };
  return { engine, target: toAuthority(ip, port) };
}
