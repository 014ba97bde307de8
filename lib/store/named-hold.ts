import { checkOptions, type OptionNames } from '../arguments/options';
import { addresses, addressesSync, checkLocal } from '../host/addresses';
import { type LeasePlace, leaseExact, leaseExactSync } from '../lease/exact';
import { type Lease, leaseSync } from '../lease/lease';
import { selectRandomSync } from '../pick/pick';
import type { BindOptions, Holder } from './wish';

/** How {@link PortStore.lease} associates a name that has no port, and where it holds the port. */
export interface NamedLeaseOptions extends LeasePlace, BindOptions {}

const NAMED_LEASE_OPTIONS: OptionNames<NamedLeaseOptions> = {
  port: true,
  prefer: true,
  host: true,
  transport: true,
  exclusive: true,
};

/**
 * The port of one name on its way to a lease. A port that is picked for the name is held from then on, so that nobody
 * takes it, or reads of it, before.
 */
export class NamedHold implements Holder {
  readonly #place: LeasePlace;
  #held: Lease | undefined;

  private constructor({ host, transport, exclusive }: NamedLeaseOptions) {
    this.#place = { host, transport, exclusive };
  }

  /** Checks the options, so that nothing is written down for a place where nothing can be held. */
  static async at(options: NamedLeaseOptions): Promise<NamedHold> {
    const { host } = checkOptions(options, NAMED_LEASE_OPTIONS);
    checkLocal(host, await addresses(host));
    return new NamedHold(options);
  }

  static atOnce(options: NamedLeaseOptions): NamedHold {
    const { host } = checkOptions(options, NAMED_LEASE_OPTIONS);
    checkLocal(host, addressesSync(host));
    return new NamedHold(options);
  }

  /** Picks a port. Only at a host that has to be resolved it is not held yet. */
  pick(from: { ports?: number; exclude?: readonly number[] }): number {
    if (this.#isAtName) return selectRandomSync({ ...from, transport: this.#place.transport });
    // A writer that was disturbed decides anew.
    const { ports = this.#held?.port, exclude = [] } = from;
    if (this.#held !== undefined && this.#held.port === ports && !exclude.includes(ports)) return ports;
    this.release();
    this.#held = leaseSync({ ...this.#place, ...from });
    return this.#held.port;
  }

  /** Holds the port that `name` shall have, with the same exception. */
  claim(name: string, port: number): void {
    if (!this.#isAtName) this.#held ??= leaseExactSync(port, name, this.#place);
  }

  get #isAtName(): boolean {
    try {
      addressesSync(this.#place.host);
      return false;
    } catch {
      return true;
    }
  }

  /** The lease of `port`, now that it is the one of `name`. */
  async settle(name: string, port: number): Promise<Lease> {
    return this.#take(port) ?? leaseExact(port, name, this.#place);
  }

  settleSync(name: string, port: number): Lease {
    return this.#take(port) ?? leaseExactSync(port, name, this.#place);
  }

  /** Gives up what is held. */
  release(): void {
    this.#held?.release();
  }

  #take(port: number): Lease | undefined {
    if (this.#held?.port === port) return this.#held;
    this.release();
    return undefined;
  }
}
