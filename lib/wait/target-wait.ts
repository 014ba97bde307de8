import { clientAddress } from '../host/client-host';
import { unresolvedHost } from '../host/errors';
import { isListening } from '../host/local-address';
import type { Resolution } from '../host/resolve';
import type { Answer } from './answer';
import { connectError } from './attempt';
import type { Endpoint, Subscriber } from './endpoint';
import { HostPort } from './host-port';
import { watchHost } from './host-watch';
import { attemptTimeoutOf, type WaitPlan } from './options';
import { CONVINCING_SILENCES, FIRST_TRY, MOST_PATIENCE } from './pace';
import type { Pulse } from './pulse';
import { spotOf } from './spot';
import type { WaitTarget } from './target';

/** What the wait for one target tells. */
export interface TargetEvents {
  /** The target is in the state that was waited for. */
  onDone(wait: TargetWait): void;
  /** The wait cannot go on. */
  onFault(error: unknown): void;
}

/**
 * The wait for one target. It is occupied as soon as one address of its host is ready. It is free when each address was
 * found closed since one was last found open.
 */
export class TargetWait {
  /** What kept the target from being asked, last. */
  trouble: Error | undefined;
  private readonly views = new Map<string, AddressView>();
  private isResolved = false;
  private readonly startedAt = performance.now();
  private readonly endWatch: () => void;

  constructor(
    readonly target: WaitTarget,
    private readonly plan: WaitPlan,
    private readonly pulse: Pulse,
    private readonly events: TargetEvents,
  ) {
    if (target.host === undefined) {
      this.endWatch = () => {};
      this.setAddresses('path' in target && target.path !== undefined ? [target.path] : []);
    } else this.endWatch = watchHost(target.host, (resolution) => this.resolved(resolution));
  }

  /** Why the target was not in the state, last: where somebody is counts for more than where nobody is. */
  get reply(): string {
    const telling = this.plan.state === 'free' ? 'ready' : 'unready';
    const answers = [...this.views.values()].map((view) => view.answer);
    return (answers.find((answer) => answer?.verdict === telling) ?? answers.at(-1))?.reason ?? '';
  }

  /** How long the wait still has to go on for the first try of each address to be one, ms. */
  owed(now: number): number {
    if (!this.isResolved) return Math.max(0, this.startedAt + FIRST_TRY - now);
    // One open address is enough to tell that the target is not free.
    if ([...this.views.values()].some((view) => view.isOpen)) return 0;
    return Math.max(0, ...[...this.views.values()].map((view) => view.owed(now)));
  }

  /** Whether the target may be called free when the time is up: nothing was heard but refusals and silence. */
  get isQuiet(): boolean {
    if (this.plan.state !== 'free' || this.views.size === 0) return false;
    return [...this.views.values()].every((view) => view.isQuiet);
  }

  close(): void {
    this.endWatch();
    for (const view of this.views.values()) view.close();
    this.views.clear();
  }

  private resolved(resolution: Resolution): void {
    if ('addresses' in resolution) this.setAddresses(resolution.addresses.map(clientAddress));
    else this.unresolved(resolution.error);
  }

  private unresolved(error: Error): void {
    this.isResolved = true;
    this.trouble = error;
    this.report(undefined, false, error.message);
    if (this.plan.state !== 'free' || this.views.size > 0) return;
    this.events.onFault(unresolvedHost(`${this.target.host}`, error));
  }

  private setAddresses(addresses: readonly string[]): void {
    this.isResolved = true;
    this.trouble = undefined;
    for (const [address, view] of this.views) {
      if (addresses.includes(address)) continue;
      view.close();
      this.views.delete(address);
      if (view.isOpen) this.askOthersAfresh(view);
    }
    for (const address of addresses) {
      if (this.views.has(address)) continue;
      const { target, plan, pulse } = this;
      const tell = (view: AddressView, answer: Answer, wasOpen: boolean) =>
        this.answered(view, answer, wasOpen);
      this.views.set(address, new AddressView(target, address, plan, pulse, tell));
    }
    this.judgeFree();
  }

  private answered(view: AddressView, { verdict, reason }: Answer, wasOpen: boolean): void {
    this.trouble = verdict === 'unknown' ? connectError(reason) : undefined;
    this.report(view.address, verdict === 'ready', reason);
    if (this.plan.state === 'free') {
      if (wasOpen && !view.isOpen) this.askOthersAfresh(view);
      this.judgeFree();
    } else if (verdict === 'ready') this.events.onDone(this);
  }

  /** What the others said while one address was open is of old: its server may have moved to another. */
  private askOthersAfresh(view: AddressView): void {
    for (const other of this.views.values()) if (other !== view) other.askAfresh();
  }

  private judgeFree(): void {
    if (this.plan.state !== 'free' || this.views.size === 0) return;
    if ([...this.views.values()].every((view) => view.isClosed)) this.events.onDone(this);
  }

  private report(address: string | undefined, accepted: boolean, reason: string): void {
    try {
      this.plan.onAttempt?.({ target: this.target, address, accepted, reason });
    } catch (error) {
      this.events.onFault(error);
    }
  }
}

/** One wait's view of one address of its target. */
class AddressView implements Subscriber {
  /** Whether the address was found open last. */
  isOpen = false;
  /** Whether it was found closed: refused, silent for long enough, or silent without a listener who could answer. */
  isClosed = false;
  /** Whether it refused or was silent last, and nobody is known to listen. */
  isQuiet = false;
  /** The last one. */
  answer: Answer | undefined;
  /** Tries in a row that got no answer. */
  private silences = 0;
  /** What the first try is owed, `Infinity` for all that it may take, and what each gets at first, ms. */
  private readonly fair: number;
  private readonly patience: number;
  /** How long its connection is to last, which is owed too, ms. */
  private readonly steady: number;
  private readonly endpoint: Endpoint;

  constructor(
    target: WaitTarget,
    readonly address: string,
    private readonly plan: WaitPlan,
    private readonly pulse: Pulse,
    private readonly listener: (view: AddressView, answer: Answer, wasOpen: boolean) => void,
  ) {
    const isBare = target instanceof HostPort || target.kind === 'unix';
    this.patience = attemptTimeoutOf(plan, !isBare && target.kind === 'http');
    const isWhole = plan.state === 'free' || (!isBare && plan.timeout === 0);
    this.steady = isBare ? plan.steady : 0;
    this.fair = isWhole ? Infinity : Math.min(FIRST_TRY, this.patience) + this.steady;
    this.endpoint = pulse.subscribe(spotOf(target, address, plan), this);
  }

  get limit(): number {
    if (this.plan.state === 'occupied') return this.patience;
    return Math.max(this.patience, Math.min(MOST_PATIENCE, this.patience * 2 ** this.silences));
  }

  onAnswer(answer: Answer): void {
    const wasOpen = this.isOpen;
    this.answer = answer;
    if (answer.verdict !== 'unknown') this.judge(answer);
    this.listener(this, answer, wasOpen);
  }

  /** Only tries that begin from now on count. */
  askAfresh(): void {
    this.isClosed = this.isQuiet = false;
    this.endpoint.subscribe(this, performance.now());
  }

  /** How long the first try may still take until it has had its fair time, ms. */
  owed(now: number): number {
    if (this.answer !== undefined) return 0;
    // An event loop that was busy finds the connection late, and how long that lasts is yet to be seen.
    const lasting = this.steady > 0 ? this.endpoint.lastingFor(now) : undefined;
    const left = lasting === undefined ? this.fair - this.endpoint.runningFor(now) : this.steady - lasting;
    return Math.max(0, left);
  }

  close(): void {
    this.pulse.unsubscribe(this.endpoint, this);
  }

  private judge({ verdict }: Answer): void {
    const isSilent = verdict === 'silent';
    this.silences = isSilent ? this.silences + 1 : 0;
    const isThere = isSilent ? isListening(this.address, this.endpoint.spot.port) : undefined;
    const isConvinced = !isSilent || isThere === false || this.silences >= CONVINCING_SILENCES;
    this.isOpen = verdict === 'ready';
    this.isQuiet = verdict === 'closed' || (isSilent && isThere !== true);
    this.isClosed = this.isQuiet && isConvinced;
  }
}
