import type { ListenerWatch } from '../addon/contract';
import { optionalAddon } from '../addon/optional-addon';
import type { PortBits } from '../ports/port-spec';
import { SWEEPS } from './pace';

/**
 * The TCP ports of this machine that somebody listens on, as the kernel's socket table has them, kept up to date by a
 * thread of the addon: one sweep answers for all ports and all waits at once, and no listener notices it.
 */
export class ListenTable {
  private watch: ListenerWatch | undefined;
  private isStarted = false;
  private bits: PortBits | undefined;

  /** `onChange` is called when there is news. */
  constructor(private readonly onChange: () => void) {}

  /** Looks closely from now on, as at the beginning of a wait. */
  hurry(): void {
    if (this.isStarted) this.watch?.hurry();
    else this.start();
  }

  /** Looks no more. */
  stop(): void {
    this.watch?.stop();
    this.watch = undefined;
    this.isStarted = false;
    this.bits = undefined;
  }

  /** Whether somebody listens on a port, on whichever address; undefined where that is not known. */
  listensOn(port: number): boolean | undefined {
    const byte = this.bits?.[port >> 3];
    return byte === undefined ? undefined : (byte & (1 << (port & 7))) !== 0;
  }

  private start(): void {
    this.isStarted = true;
    // Without an addon connections alone tell.
    this.watch = optionalAddon()?.watchListeners(SWEEPS, (bits) => {
      this.bits = bits;
      this.onChange();
    });
  }
}
