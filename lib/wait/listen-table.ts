import type { PortBits } from '../port-spec';

/**
 * The TCP ports of this machine that somebody listens on, as the kernel's socket table has them: one sweep answers
 * for all ports at once and no listener notices it.
 */
export class ListenTable {
  private bits: PortBits | undefined;
  private cost = Infinity;

  /** Whether the last sweep found a table. */
  get isKnown(): boolean {
    return this.bits !== undefined;
  }

  /** What a sweep costs here lately, ms: more with many listeners. One that was interrupted hardly counts. */
  get sweepCost(): number {
    return this.cost;
  }

  /** Reads the table; what it says stays until the next sweep. */
  sweep(): void {
    const start = performance.now();
    this.bits = this.read();
    this.cost = Math.min(performance.now() - start, this.cost * 1.1);
  }

  /** Whether somebody listens on a port, on whichever address; undefined where that is not known. */
  listensOn(port: number): boolean | undefined {
    const byte = this.bits?.[port >> 3];
    return byte === undefined ? undefined : (byte & (1 << (port & 7))) !== 0;
  }

  /** Forgets the last sweep, so that an old one is never taken for the present. */
  forget(): void {
    this.bits = undefined;
  }

  private read(): PortBits | undefined {
    try {
      const { addon } = require('../native') as typeof import('../native');
      return addon.socketTable('tcp', 'listen');
    } catch {
      // No addon for this system, no descriptor left: connections alone then tell.
      return undefined;
    }
  }
}
