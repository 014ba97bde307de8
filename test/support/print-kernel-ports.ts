import { writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { ephemeralPortRanges } from '../../lib/machine/ephemeral-range';
import { availableGoodPorts } from '../../lib/registry/good-ports';

/** Prints a line of JSON for each setting `LOW-HIGH/RESERVED` of the arguments, made one after the other. */
async function main(settings: string[]): Promise<void> {
  for (const [index, setting] of settings.entries()) {
    const [range = '', reserved = ''] = setting.split('/');
    writeFileSync('/proc/sys/net/ipv4/ip_local_port_range', range.replace('-', ' '));
    writeFileSync('/proc/sys/net/ipv4/ip_local_reserved_ports', `${reserved}\n`);
    // The kernel is asked once a second.
    if (index > 0) await setTimeout(1100);
    const ranges = ephemeralPortRanges();
    console.log(JSON.stringify({ ranges, goodPorts: availableGoodPorts().toString() }));
  }
}

main(process.argv.slice(2));
