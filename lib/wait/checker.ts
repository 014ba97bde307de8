import { checkOptions, checkTime, type OptionNames } from '../arguments/options';
import { clientAddress } from '../host/client-host';
import { knownAddresses } from '../host/host';
import { isListening } from '../host/local-address';
import { resolveOnceInTurn } from '../host/resolve';
import type { Answer } from './answer';
import { connectError } from './attempt';
import type { Spot } from './endpoint';
import { PortNotFreeError } from './errors';
import { HostPort } from './host-port';
import { planWait } from './options';
import { spotOf } from './spot';
import { type Target, toTarget, type WaitTarget } from './target';

/** How a {@link Checker} asks. */
export interface CheckerOptions {
  /** Milliseconds; 1000 by default. */
  readonly timeout?: number | undefined;
}

const CHECKER_OPTIONS: OptionNames<CheckerOptions> = { timeout: true };

/** Checks once whether a port is free, as a client sees it. */
export class Checker {
  /** How long a connection may stay without an answer before it counts as not accepted, ms. */
  readonly timeout: number;

  /**
   * Throws a `TypeError` or `RangeError` for a timeout that is none.
   * @param options how long a connection may stay without an answer
   */
  constructor(options: CheckerOptions = {}) {
    this.timeout = checkTime(checkOptions(options, CHECKER_OPTIONS).timeout ?? 1000, 'timeout', 1);
  }

  /**
   * Rejects with a `PortNotFreeError` as soon as any address of the host accepts a connection at the port, or does not
   * answer though the socket table of this machine has a listener there; resolves when each has refused or stayed
   * silent. Rejects with a `HostError` for a name that does not resolve.
   * @param host a name or an address
   * @param port 1 to 65535
   */
  assertFree(host: string, port: number): Promise<void>;
  /**
   * The same for a target in any form.
   * @param target what must be free
   */
  assertFree(target: Target): Promise<void>;
  async assertFree(...words: [host: string, port: number] | [target: Target]): Promise<void> {
    const target = words.length === 1 ? toTarget(words[0]) : new HostPort(words[0], words[1]);
    const plan = planWait('free');
    const spots = (await addressesOf(target)).map((address) => spotOf(target, address, plan));
    await assertAllRefuse(target, spots, this.timeout);
  }
}

async function addressesOf({ host, ...target }: WaitTarget): Promise<readonly string[]> {
  if (host === undefined) return 'path' in target && target.path !== undefined ? [target.path] : [];
  return (knownAddresses(host) ?? (await resolveOnceInTurn(host))).map(clientAddress);
}

function assertAllRefuse(target: WaitTarget, spots: readonly Spot[], limit: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = spots.length;
    const end = (settle: () => void) => {
      for (const { cancel } of attempts) cancel();
      settle();
    };
    const hear = ({ address, port }: Spot, { verdict, reason }: Answer) => {
      left--;
      const isOpen = verdict === 'ready' || (verdict === 'silent' && isListening(address, port) === true);
      if (isOpen) end(() => reject(new PortNotFreeError(target, address)));
      else if (verdict === 'unknown') end(() => reject(connectError(reason)));
      else if (left === 0) end(resolve);
    };
    const attempts = spots.map((spot) => spot.dial(limit, (answer) => hear(spot, answer)));
  });
}
