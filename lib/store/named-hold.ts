import { addresses, addressesSync, checkLocal } from '../host';
import { type LeasePlace, leaseExact, leaseExactSync } from '../lease/exact';
import { type Lease, leaseSync } from '../lease/lease';
import { checkOptions } from '../options';
import { selectRandomSync } from '../pick';

/** How {@link PortStore.lease} associates a name that has no port, and where it holds the port. */
export interface NamedLeaseOptions extends LeasePlace {
  /** The port that the name shall have; unless given, a name without one gets a random good port. */
  port?: number | undefined;
}

/**
 * The port of one name on its way to a lease. A port that is picked for the name is held from then on, so that nobody
 * takes it, or reads of it, before.
 */
export class NamedHold {
  readonly #place: LeasePlace;
  #picked: Lease | undefined;

  private constructor({ host, transport, exclusive }: NamedLeaseOptions) {
    this.#place = { host, transport, exclusive };
  }

  /** Checks the options, so that nothing is written down for a place where nothing can be held. */
  static async at(options: NamedLeaseOptions): Promise<NamedHold> {
    const { host } = checkOptions(options);
    checkLocal(host, await addresses(host));
    return new NamedHold(options);
  }

  static atOnce(options: NamedLeaseOptions): NamedHold {
    const { host } = checkOptions(options);
    checkLocal(host, addressesSync(host));
    return new NamedHold(options);
  }

  /** Picks a port that is none of `exclude`. Only at a host that has to be resolved it is not held yet. */
  pick(exclude: readonly number[]): number {
    const options = { ...this.#place, exclude };
    try {
      addressesSync(this.#place.host);
    } catch {
      return selectRandomSync({ exclude, transport: this.#place.transport });
    }
    this.#picked = leaseSync(options);
    return this.#picked.port;
  }

  /** The lease of `port`, now that it is the one of `name`. */
  async settle(name: string, port: number): Promise<Lease> {
    return this.#take(port) ?? leaseExact(port, name, this.#place);
  }

  settleSync(name: string, port: number): Lease {
    return this.#take(port) ?? leaseExactSync(port, name, this.#place);
  }

  /** Gives up what was picked, if it was. */
  release(): void {
    this.#picked?.release();
  }

  #take(port: number): Lease | undefined {
    if (this.#picked?.port === port) return this.#picked;
    this.release();
    return undefined;
  }
}
