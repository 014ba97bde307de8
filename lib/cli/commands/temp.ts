import { type Lease, leaseManySync } from '../../lease/lease';
import { allocateSync, type PickSyncOptions } from '../../pick/pick';
import { checkCount } from '../../ports/port';
import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall, PortForValues } from '../options';
import { print } from '../print';
import { UsageError } from '../usage-error';
import { openStore } from './open-store';

/** `port-for --temp [COUNT]`: prints that many free ports of no name, one a line. They are not held. */
export async function temp({ values, words }: PortForCall): Promise<ExitCode> {
  const count = countOf(words);
  // Whoever started this command uses the ports: they go back when that process ends.
  const ports = values['from-server']
    ? await askServer(count, process.ppid)
    : allocateSync(count, await candidates(values));
  if (values.json) print(JSON.stringify(ports));
  else print(...ports.map(String));
  return EXIT.done;
}

/** The same ports, held, by their place: 1 is the first. */
export async function holdTemporary(
  values: PortForValues,
  words: readonly string[],
): Promise<Map<string, Lease>> {
  const count = countOf(words);
  const from = values['from-server']
    ? { ports: await askServer(count, process.pid) }
    : await candidates(values);
  const leases = leaseManySync(count, from);
  return new Map(leases.map((lease, index) => [`${index + 1}`, lease]));
}

async function askServer(count: number, pid: number): Promise<number[]> {
  const { portFromServer } = require('../../serve/port-client') as typeof import('../../serve/port-client');
  const ports: number[] = [];
  while (ports.length < count) ports.push(await portFromServer({ pid }));
  return ports;
}

function countOf([count = '1']: readonly string[]): number {
  if (!/^\d+$/.test(count)) throw new UsageError(`count ${JSON.stringify(count)} is not a number of ports`);
  return checkCount(Number(count));
}

/** Good ports, or with `--ports` the first free ones in the order in which it lists them. */
async function candidates(values: PortForValues): Promise<PickSyncOptions> {
  const exclude = await namedPorts(values);
  return values.ports === undefined ? { exclude } : { exclude, ports: values.ports, order: 'given' };
}

/** Ports that belong to names, of whatever checkout, are no temporary ones, though they may be free now. */
async function namedPorts(values: PortForValues): Promise<number[]> {
  return (await openStore(values).associations()).map(({ port }) => port);
}
