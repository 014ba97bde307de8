import { show } from '../arguments/invalid-argument';
import { ephemeralPortRanges } from '../machine/ephemeral-range';
import { findPortOwners } from '../machine/port-owners';
import { serviceName } from '../registry/services';
import { isAvailable } from '../scan/port-is-used';
import { warn } from './warn';

const LAST_SYSTEM_PORT = 1023;

/** Says in one line on standard error what speaks against a port that a call names, if anything does. */
export function warnOfPort(port: number): void {
  const doubts = doubtsAbout(port);
  if (doubts.length > 0) warn(`port ${port} ${doubts.join('; it ')}`);
}

/** Says on standard error if the port of a name is in use on this machine, and by whom. */
export async function warnOfUse(name: string, port: number): Promise<void> {
  if (await isAvailable(port)) return;
  const [owner] = await findPortOwners(port, 'tcp');
  const who =
    owner === undefined ? 'by whom the system does not show' : `by ${show(owner.command)} (pid ${owner.pid})`;
  warn(`port ${port} of ${show(name)} is in use on this machine ${who}`);
}

/** What speaks against it: it takes root, the kernel hands it out, somebody is known to use it. */
export function doubtsAbout(port: number): string[] {
  const range = ephemeralPortRanges().find(({ low, high }) => low <= port && port <= high);
  const service = serviceName(port)?.name ?? '';
  return [
    ...(port <= LAST_SYSTEM_PORT ? ['is below 1024, where only root may listen on most systems'] : []),
    ...(range === undefined
      ? []
      : [`is one that the kernel gives to any program that asks (${range.low}-${range.high})`]),
    ...(service === '' ? [] : [`is known as the port of ${service}`]),
  ];
}
