import { clientAddress } from '../host/client-host';
import { unresolvedHost } from '../host/errors';
import type { Resolution } from '../host/resolve';
import type { Answer } from './attempt';
import { connectError } from './attempt';
import type { HostPort } from './host-port';
import { watchHost } from './host-watch';
import type { WaitPlan } from './options';
import { Probe } from './probe';
import type { Pulse } from './pulse';

/** The first try of a wait for occupied gets this long even where the wait's own time is shorter, ms. */
const FIRST_TRY = 80;

/** What the wait for one target tells. */
export interface TargetEvents {
  /** The target is in the state that was waited for. */
  onDone(wait: TargetWait): void;
  /** The wait cannot go on. */
  onFault(error: unknown): void;
}

/**
 * The wait for one target. It is occupied as soon as one address of its host accepts. It is free when each address
 * was found closed since one was last found open: an address that accepts is a witness, and while there is one, the
 * others are left alone; when it closes, all are asked afresh.
 */
export class TargetWait {
  /** What kept the target from being asked, last. */
  trouble: Error | undefined;
  private readonly probes = new Map<string, Probe>();
  private witness: Probe | undefined;
  private isResolved = false;
  private readonly startedAt = performance.now();
  private readonly endWatch: () => void;

  constructor(
    readonly target: HostPort,
    private readonly plan: WaitPlan,
    private readonly pulse: Pulse,
    private readonly events: TargetEvents,
  ) {
    this.endWatch = watchHost(target.host, (resolution) => this.resolved(resolution));
  }

  /** How long the wait still has to go on for the first try to be one, ms. */
  owed(now: number): number {
    if (!this.isResolved) return Math.max(0, this.startedAt + FIRST_TRY - now);
    if (this.witness !== undefined) return 0;
    const fair = this.plan.state === 'free' ? Infinity : Math.min(FIRST_TRY, this.plan.attemptTimeout);
    return Math.max(0, ...[...this.probes.values()].map((probe) => probe.owed(now, fair)));
  }

  /** Whether the target may be called free when the time is up: nothing was heard but refusals and silence. */
  get isQuiet(): boolean {
    if (this.plan.state !== 'free' || this.witness !== undefined || this.probes.size === 0) return false;
    return [...this.probes.values()].every((probe) => probe.isCleared || probe.isSilent);
  }

  close(): void {
    this.endWatch();
    for (const probe of this.probes.values()) probe.close();
    this.probes.clear();
  }

  private resolved(resolution: Resolution): void {
    this.isResolved = true;
    if ('error' in resolution) this.unresolved(resolution.error);
    else this.setAddresses(resolution.addresses.map(clientAddress));
  }

  private unresolved(error: Error): void {
    this.trouble = error;
    this.report(undefined, false, error.message);
    if (this.plan.state !== 'free' || this.probes.size > 0) return;
    this.events.onFault(unresolvedHost(this.target.host, error));
  }

  private setAddresses(addresses: readonly string[]): void {
    this.trouble = undefined;
    for (const [address, probe] of this.probes) {
      if (addresses.includes(address)) continue;
      probe.close();
      this.probes.delete(address);
      if (this.witness === probe) this.makeWitness(undefined);
    }
    for (const address of addresses) if (!this.probes.has(address)) this.addProbe(address);
    this.seekWitness();
  }

  private addProbe(address: string): void {
    const { target, plan, pulse } = this;
    const tell = (probe: Probe, answer: Answer) => this.answered(probe, answer);
    this.probes.set(address, new Probe(address, target.port, plan, pulse, tell));
  }

  private answered(probe: Probe, answer: Answer): void {
    this.trouble = answer.conclusive ? undefined : connectError(answer.reason);
    this.report(probe.address, answer.accepted, answer.reason);
    if (this.plan.state === 'free') this.heard(probe, answer);
    else if (answer.accepted) this.events.onDone(this);
  }

  private heard(probe: Probe, { accepted, conclusive }: Answer): void {
    if (accepted) this.makeWitness(probe);
    else if (conclusive && probe.isClosed) {
      // What the others said while there was a witness is of old.
      if (this.witness === probe) this.makeWitness(undefined);
      probe.isCleared = true;
      this.seekWitness();
    }
  }

  private makeWitness(witness: Probe | undefined): void {
    this.witness = witness;
    for (const probe of this.probes.values()) {
      probe.isCleared = false;
      if (witness !== undefined) probe.setActive(probe === witness);
    }
  }

  /** Where no address is known to be open, asks those that are not known to be closed; none left means free. */
  private seekWitness(): void {
    if (this.plan.state !== 'free' || this.witness !== undefined) return;
    let isFree = this.probes.size > 0;
    for (const probe of this.probes.values()) {
      probe.setActive(!probe.isCleared);
      isFree &&= probe.isCleared;
    }
    if (isFree) this.events.onDone(this);
  }

  private report(address: string | undefined, accepted: boolean, reason: string): void {
    try {
      this.plan.onAttempt?.({ target: this.target, address, accepted, reason });
    } catch (error) {
      this.events.onFault(error);
    }
  }
}
