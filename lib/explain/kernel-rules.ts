import { type KernelPorts, kernelPorts } from '../machine/ephemeral-range';
import type { PortRange } from '../ports/port';
import type { Transport } from '../ports/transport';
import type { PortRule } from './rule';

/** What the running kernel says against a port, with the setting that says so. */
export function kernelRules(
  port: number,
  transport: Transport,
  kernel: KernelPorts = kernelPorts(),
): PortRule[] {
  const settings = SETTINGS[process.platform] ?? BSD;
  const found = (ranges: readonly PortRange[]) => ranges.find(({ low, high }) => low <= port && port <= high);
  const rules: PortRule[] = [];
  const ephemeral = found(kernel.ephemeralRanges);
  if (ephemeral !== undefined) {
    rules.push({
      rule: 'ephemeral',
      reason: 'the kernel gives it to outgoing connections',
      detail: `the ephemeral range is ${ephemeral.low}-${ephemeral.high}`,
      source: settings.ephemeral(transport),
    });
  }
  const reserved = found(kernel.reservedRanges);
  if (reserved !== undefined) {
    rules.push({
      rule: 'reserved',
      reason: 'the administrator of this machine reserves it',
      detail: `reserved is ${range(reserved)}`,
      source: settings.reserved(transport),
    });
  }
  const excluded = found(kernel.excludedRanges);
  if (excluded !== undefined) {
    rules.push({
      rule: 'excluded',
      reason: 'Windows excludes it, so nobody can bind it',
      detail: `excluded is ${range(excluded)}`,
      source: settings.reserved(transport),
    });
  }
  return rules;
}

interface Settings {
  readonly ephemeral: (transport: Transport) => string;
  readonly reserved: (transport: Transport) => string;
}

const BSD: Settings = {
  ephemeral: () => 'sysctl net.inet.ip.portrange',
  reserved: () => 'the kernel',
};

const SETTINGS: Partial<Record<NodeJS.Platform, Settings>> = {
  linux: {
    ephemeral: () => 'sysctl net.ipv4.ip_local_port_range',
    reserved: () => 'sysctl net.ipv4.ip_local_reserved_ports',
  },
  win32: {
    ephemeral: (transport) => `netsh int ipv4 show dynamicport ${transport}`,
    reserved: (transport) => `netsh int ipv4 show excludedportrange ${transport}`,
  },
};

function range({ low, high }: PortRange): string {
  return low === high ? `${low}` : `${low}-${high}`;
}
