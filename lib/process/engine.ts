import { request } from 'node:http';
import { join } from 'node:path';

/** A running container, as the engine's own list has it (Docker Engine API, `GET /containers/json`). */
export interface ListedContainer {
  readonly id: string;
  readonly name: string;
  /** The ports of this machine that it has published: `'8080/tcp'`. */
  readonly published: readonly string[];
}

/** Long enough for an engine that is busy, short enough for one that hangs. */
const PATIENCE = 1000;

/** The running containers of the engines whose socket this user may open. Engines that do not answer have none. */
export async function listContainers(
  sockets: readonly string[] = engineSockets(),
): Promise<ListedContainer[]> {
  const lists = await Promise.all(sockets.map((socket) => askEngine(socket).catch(() => [])));
  return lists.flat();
}

/** Where Docker and Podman listen, for the machine and for this user. */
export function engineSockets(environment: NodeJS.ProcessEnv = process.env): string[] {
  const { DOCKER_HOST = '', CONTAINER_HOST = '', XDG_RUNTIME_DIR = '' } = environment;
  const named = [DOCKER_HOST, CONTAINER_HOST]
    .filter((host) => host.startsWith('unix://'))
    .map((host) => host.slice('unix://'.length));
  const own =
    XDG_RUNTIME_DIR === ''
      ? []
      : ['docker.sock', 'podman/podman.sock'].map((name) => join(XDG_RUNTIME_DIR, name));
  return [...new Set([...named, '/run/docker.sock', '/run/podman/podman.sock', ...own])];
}

async function askEngine(socketPath: string): Promise<ListedContainer[]> {
  const answer = JSON.parse(await get(socketPath, '/containers/json'));
  if (!Array.isArray(answer)) return [];
  return answer.map(readContainer).filter((container) => container !== undefined);
}

function get(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { socketPath, path, timeout: PATIENCE, headers: { Host: 'localhost' } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve(text));
        response.on('error', reject);
      },
    );
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', reject);
    asked.end();
  });
}

function readContainer(item: unknown): ListedContainer | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { Id, Names, Ports } = item as Record<string, unknown>;
  if (typeof Id !== 'string') return undefined;
  const [name] = Array.isArray(Names) ? Names : [];
  return {
    id: Id,
    name: typeof name === 'string' ? name.replace(/^\//, '') : '',
    published: (Array.isArray(Ports) ? Ports : []).flatMap((port) =>
      typeof port?.PublicPort === 'number' ? [`${port.PublicPort}/${port.Type ?? 'tcp'}`] : [],
    ),
  };
}
