import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';

/** Sets a setting of the test's own network namespace, `'ipv4/ip_nonlocal_bind'`, until what is returned is called. */
export function setUntilEnd(t: Test, name: string, value: string): () => void {
  const path = join('/proc/sys/net', name);
  const before = readFileSync(path, 'utf8');
  const restore = () => writeFileSync(path, before);
  t.teardown(restore);
  writeFileSync(path, value);
  return restore;
}

export function setEphemeralRange(t: Test, low: number, high: number): () => void {
  return setUntilEnd(t, 'ipv4/ip_local_port_range', `${low} ${high}`);
}

/** Leaves no port to connect from. */
export function takeSourcePorts(t: Test): () => void {
  const restores = [
    setUntilEnd(t, 'ipv4/ip_local_reserved_ports', '50000'),
    setEphemeralRange(t, 50_000, 50_000),
  ];
  return () => {
    for (const restore of restores) restore();
  };
}

export function turnIpv6Off(t: Test): void {
  setUntilEnd(t, 'ipv6/conf/all/disable_ipv6', '1');
}
