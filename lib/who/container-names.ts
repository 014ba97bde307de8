import type { ListedContainer } from '../process/engine';
import type { ProcessInfo } from '../process/process-info';
import type { HeldSocket, PortUse } from './port-use';

/** Whether a process runs in a container, or publishes ports of one: its engine may know more. */
export function concernsContainer({ container, proxy }: ProcessInfo): boolean {
  return container !== undefined || proxy !== undefined;
}

/** The same with what the engines tell of the containers: names, and for a proxy which container it is. */
export function nameContainers(uses: readonly PortUse[], containers: readonly ListedContainer[]): PortUse[] {
  return uses.map((use) => {
    const published = containers.find((container) =>
      container.published.includes(`${use.port}/${use.transport}`),
    );
    const toNamed = (process: ProcessInfo): ProcessInfo => {
      const own = containers.find(({ id }) => id === process.container?.id);
      return {
        ...process,
        ...(process.container && own ? { container: { ...process.container, name: own.name } } : {}),
        ...(process.proxy && published
          ? { proxy: { ...process.proxy, id: published.id, name: published.name } }
          : {}),
      };
    };
    const sockets = use.sockets.map(
      (socket): HeldSocket => ({ ...socket, processes: socket.processes.map(toNamed) }),
    );
    return { ...use, sockets };
  });
}
