import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { leaseManySync } from '../../lib/lease/lease';
import type { Transport } from '../../lib/ports/transport';

/**
 * `TRANSPORT shared|exclusive HELD COUNT`: in a network namespace of its own, holds that many ports of an ephemeral range
 * of 100 more, lets others take ports in every way, COUNT times each, and prints both as JSON.
 */
function main(transport: Transport, manner: string, held: number, count: number): void {
  spawnSync('ip', ['link', 'set', 'lo', 'up']);
  const [low, high] = [40_000, 40_000 + held + 99];
  writeFileSync('/proc/sys/net/ipv4/ip_local_port_range', `${low} ${high}`);
  const leases = leaseManySync(held, {
    ports: `${low}-${high}`,
    transport,
    exclusive: manner === 'exclusive',
  });
  const words = [join(__dirname, 'take-ports.py'), transport, manner, `${count}`, '30000'];
  const { stdout, stderr } = spawnSync('python3', words, { encoding: 'utf8' });
  process.stderr.write(stderr);
  const ports = leases.map(({ port }) => port);
  console.log(JSON.stringify({ range: [low, high], held: ports, taken: JSON.parse(stdout || '{}') }));
  for (const lease of leases) lease.release();
}

const [transport, manner = '', held, count] = process.argv.slice(2);
main(transport as Transport, manner, Number(held), Number(count));
