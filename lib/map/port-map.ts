import { checkOptions, type OptionNames } from '../arguments/options';
import { kernelPorts } from '../machine/ephemeral-range';
import { usedPorts } from '../machine/used-ports';
import { PortSet } from '../ports/port-set';
import type { Transport } from '../ports/transport';
import { availableGoodPorts } from '../registry/good-ports';
import { unassignedRanges } from '../registry/unassigned';
import { type PortName, portNames } from '../who/port-names';

/** What a port is for, whoever uses it now. Each port is of one kind. */
export type PortKind = 'system' | 'assigned' | 'good' | 'spare' | 'reserved' | 'ephemeral' | 'dynamic';

/** The kinds in the order in which legends list them, with what each means. */
export const PORT_KINDS: Readonly<Record<PortKind, string>> = {
  system: 'for services of the system, up to 1023',
  assigned: 'by IANA, or known for a common use',
  good: 'unassigned, in a long run of such: what picks are made from',
  spare: 'unassigned, but in a short run or at the border of a long one',
  reserved: 'kept back by the administrator, or by Windows',
  ephemeral: 'what the kernel gives to outgoing connections',
  dynamic: 'never assigned, above the ephemeral range',
};

/** Which map. */
export interface PortMapOptions {
  /** Whose ports; TCP's by default. */
  readonly transport?: Transport | undefined;
  /** The config file whose names count; by default those that apply to this user. */
  readonly config?: string | undefined;
}

const PORT_MAP_OPTIONS: OptionNames<PortMapOptions> = { transport: true, config: true };

/** All ports of a transport by what they are for, and which are used or have a name now. */
export interface PortMap {
  /** Whose ports. */
  readonly transport: Transport;
  /** The ports of each kind; every port from 1 to 65535 is in one of them. */
  readonly kinds: Readonly<Record<PortKind, PortSet>>;
  /** The ports that a socket of this machine holds. */
  readonly used: PortSet;
  /** The names of ports that have some. */
  readonly names: ReadonlyMap<number, readonly PortName[]>;
}

/**
 * A picture of all ports: what each is for by the registry and the kernel's settings, which are used, and which have a
 * name. What `port-for --map` draws.
 *
 * @param options the transport; TCP by default
 * @throws RangeError for an unknown transport; PortForError with code `ERR_PORT_NO_TABLE` where the system has no socket
 *   table that this process can read.
 */
export function portMap(options: PortMapOptions = {}): PortMap {
  const { transport = 'tcp', config } = checkOptions(options, PORT_MAP_OPTIONS);
  const kernel = kernelPorts();
  const system = new PortSet('1-1023');
  const reserved = new PortSet([...kernel.reservedRanges, ...kernel.excludedRanges]).difference(system);
  const ephemeral = new PortSet(kernel.ephemeralRanges).difference(system).difference(reserved);
  const claimed = system.union(reserved).union(ephemeral);
  const unassigned = new PortSet(unassignedRanges(transport)).difference(claimed);
  const good = availableGoodPorts({ transport });
  const registered = new PortSet('1024-49151').difference(claimed);
  return {
    transport,
    kinds: {
      system,
      assigned: registered.difference(unassigned),
      good,
      spare: unassigned.difference(good),
      reserved,
      ephemeral,
      dynamic: new PortSet('49152-65535').difference(claimed),
    },
    used: usedPorts({ transport }),
    names: portNames(config),
  };
}

/** The kind of each port by its number, as an index into the keys of {@link PORT_KINDS}; port 0 counts as system. */
export function kindsByPort({ kinds }: PortMap): Uint8Array {
  const byPort = new Uint8Array(65_536);
  for (const [index, kind] of (Object.keys(PORT_KINDS) as PortKind[]).entries()) {
    for (const { low, high } of kinds[kind].ranges()) byPort.fill(index, low, high + 1);
  }
  return byPort;
}
