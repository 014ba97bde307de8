import { usedPorts } from '../../machine/used-ports';
import { usedSockets } from '../../machine/used-sockets';
import { PortSet } from '../../ports/port-set';
import { portNames } from '../../who/port-names';
import { type UsedPort, usedPortsOf } from './used-port';

/** Whether this machine has a socket table that can be read. */
export function hasTable(): boolean {
  try {
    usedPorts({ state: 'listen' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_PORT_NO_TABLE') return false;
    throw error;
  }
}

/** What waits for clients on this machine, by its socket table; TCP and UDP, or UDP alone. */
export function lookUp(isUdpAlone: boolean): UsedPort[] {
  const names = portNames();
  const transports = isUdpAlone ? (['udp'] as const) : (['tcp', 'udp'] as const);
  return transports.flatMap((transport) => {
    const sockets = usedSockets({ transport, state: 'listen' });
    return usedPortsOf(new PortSet(sockets.map(({ port }) => port)), transport, sockets, names);
  });
}
