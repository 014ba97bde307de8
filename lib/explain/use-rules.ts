import { holderName } from '../who/holder';
import { nameInWords, type PortName } from '../who/port-names';
import type { HeldSocket, PortUse } from '../who/port-use';
import type { PortRule } from './rule';

/** Who has a port now, or had it until a moment ago. */
export function useRules({ sockets }: PortUse, now = Date.now()): PortRule[] {
  const held = sockets.filter(({ holder }) => holder !== 'nobody');
  if (held.length > 0) return groupByHolder(held);
  const longest = Math.max(0, ...sockets.map(({ lingersFor = 0 }) => lingersFor));
  return [
    {
      rule: 'lingering',
      reason: 'a closed connection keeps it (TIME_WAIT)',
      detail: 'a server that sets SO_REUSEADDR, as those of Node do, can listen here now',
      source: "the kernel's socket table",
      ...(longest > 0 ? { until: new Date(now + longest) } : {}),
    },
  ];
}

function groupByHolder(sockets: readonly HeldSocket[]): PortRule[] {
  const addresses = new Map<string, Set<string>>();
  for (const socket of sockets) {
    const name = holderName(socket);
    addresses.set(name, (addresses.get(name) ?? new Set()).add(socket.address));
  }
  return [...addresses].map(([name, places]) => ({
    rule: 'used',
    reason: `${name} uses it on ${[...places].join(', ')}`,
    source: "the kernel's socket table",
  }));
}

/** What answers though no socket of this machine has the port. */
export const REDIRECTED: PortRule = {
  rule: 'redirected',
  reason: 'it cannot be used, though no socket that this process sees has it',
  detail:
    'a packet filter redirects or drops what is sent there (iptables, a container engine, Kubernetes), or the process is hidden',
  source: 'a bind and a connection',
};

/** The names that a port belongs to. */
export function nameRules(names: readonly PortName[]): PortRule[] {
  return names.map((name) => ({
    rule: 'named',
    reason: `it belongs to ${nameInWords(name)}`,
    source: name.config,
  }));
}
