import { addon } from '../addon/addon';
import { type PortRange, toRanges } from '../ports/port';
import { now } from '../timing/clock';

/** What the running kernel says of ports. The same object comes back for as long as it says the same. */
export interface KernelPorts {
  readonly ephemeralRanges: readonly PortRange[];
  /**
   * The ports that the administrator keeps out of the ephemeral ranges (Linux `ip_local_reserved_ports`, Windows
   * `netsh int ipv4 add excludedportrange`).
   */
  readonly reservedRanges: readonly PortRange[];
  /** The ports that nobody can bind because Windows reserves them, as for Hyper-V; none elsewhere. */
  readonly excludedRanges: readonly PortRange[];
}

/**
 * The ranges, both ends included, from which the running kernel takes ports for `bind(0)` and for outgoing
 * connections (Linux `ip_local_port_range`, BSD and macOS `net.inet.ip.portrange`, Windows `netsh int ipv4 show
 * dynamicport`). Reads the setting again at most once a second, so that a long-lived process notices a change; on
 * Windows once a minute, since `netsh` takes some 100 ms.
 */
export function ephemeralPortRanges(): PortRange[] {
  return kernelPorts().ephemeralRanges.map((range) => ({ ...range }));
}

/** What the kernel says, not older than {@link LONGEST_AGE}, at the cost of a look at the clock. */
export function kernelPorts(): KernelPorts {
  const time = now();
  if (known === undefined || time - askedAt >= LONGEST_AGE) {
    const read = readKernelPorts();
    if (known === undefined || !isSame(known, read)) known = read;
    askedAt = time;
  }
  return known;
}

/** In milliseconds. */
const LONGEST_AGE = process.platform === 'win32' ? 60_000 : 1000;

let known: KernelPorts | undefined;
let askedAt = 0;

function readKernelPorts(): KernelPorts {
  const windows = process.platform === 'win32' ? readWindowsPorts() : undefined;
  return {
    ephemeralRanges: windows?.dynamicRanges ?? toRanges(addon.ephemeralRanges()),
    reservedRanges: windows?.administeredRanges ?? toRanges(addon.reservedRanges()),
    excludedRanges: windows?.excludedRanges ?? [],
  };
}

function readWindowsPorts() {
  const { readNetsh } = require('./netsh') as typeof import('./netsh');
  return readNetsh();
}

function isSame(a: KernelPorts, b: KernelPorts): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
