import { checkOptions, checkTime } from '../arguments/options';
import { clientAddress } from '../host/client-host';
import { knownAddresses } from '../host/host';
import { isListening } from '../host/local-address';
import { resolveOnceInTurn } from '../host/resolve';
import { type Answer, attempt, connectError } from './attempt';
import { PortNotFreeError } from './errors';
import { HostPort } from './host-port';
import { type Target, toHostPort } from './target';

export interface CheckerOptions {
  /** Milliseconds; 1000 by default. */
  readonly timeout?: number | undefined;
}

/** Checks once whether a port is free, as a client sees it. */
export class Checker {
  /** How long a connection may stay without an answer before it counts as not accepted, ms. */
  readonly timeout: number;

  /** Throws a `TypeError` or `RangeError` for a timeout that is none. */
  constructor(options: CheckerOptions = {}) {
    this.timeout = checkTime(checkOptions(options).timeout ?? 1000, 'timeout', 1);
  }

  /**
   * Rejects with a `PortNotFreeError` as soon as any address of the host accepts a connection at the port, or does not
   * answer though the socket table of this machine has a listener there; resolves when each has refused or stayed
   * silent. Rejects with a `HostError` for a name that does not resolve.
   */
  assertFree(host: string, port: number): Promise<void>;
  assertFree(target: Target): Promise<void>;
  async assertFree(...words: [host: string, port: number] | [target: Target]): Promise<void> {
    const target = words.length === 1 ? toHostPort(words[0]) : new HostPort(words[0], words[1]);
    const addresses = knownAddresses(target.host) ?? (await resolveOnceInTurn(target.host));
    await assertAllRefuse(target, addresses.map(clientAddress), this.timeout);
  }
}

function assertAllRefuse(target: HostPort, addresses: readonly string[], limit: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = addresses.length;
    const end = (settle: () => void) => {
      for (const { cancel } of attempts) cancel();
      settle();
    };
    const hear = (address: string, answer: Answer) => {
      left--;
      const isOpen = answer.accepted || (answer.isSilence && isListening(address, target.port) === true);
      if (isOpen) end(() => reject(new PortNotFreeError(target.host, target.port, address)));
      else if (!answer.conclusive) end(() => reject(connectError(answer.reason)));
      else if (left === 0) end(resolve);
    };
    const attempts = addresses.map((address) =>
      attempt(address, target.port, limit, (answer) => hear(address, answer)),
    );
  });
}
