import type { Transport } from '../ports/transport';
import { availablePorts } from '../registry/good-ports';
import type { PortRule } from './rule';

const BORDER = 3;
const LEAST_PORTS = 20 + 2 * BORDER + 1;

/** Why an available port is not good: its run is too short, or it is at an end of it (the rule of port-for 0.4). */
export function runRules(port: number, transport: Transport): PortRule[] {
  const run = availablePorts({ transport })
    .ranges()
    .find(({ low, high }) => low <= port && port <= high);
  if (run === undefined) return [];
  const count = run.high - run.low + 1;
  const where =
    count === 1 ? 'its neighbours are taken' : `${run.low}-${run.high} is a run of ${count} ports`;
  if (count < LEAST_PORTS) {
    return [
      {
        rule: 'short run',
        reason: 'too few of its neighbours are unassigned',
        detail: `${where}; a good port lies in a run of ${LEAST_PORTS} at the least, since services take ports near their first`,
        source: 'port-for',
      },
    ];
  }
  if (port - run.low >= BORDER && run.high - port >= BORDER) return [];
  return [
    {
      rule: 'border',
      reason: 'it lies at the border of a run of unassigned ports',
      detail: `${where}; the ${BORDER} at each end are left to the services next to them`,
      source: 'port-for',
    },
  ];
}
