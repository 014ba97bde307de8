import type { SweepPace } from '../addon/contract';

/** How often to ask again: at first every `least` ms, then in step with what was waited so far, up to `most`. */
export interface Pace {
  readonly least: number;
  /** The pause as a share of the time waited so far: a wait of a second with 1/8 asks again after 125 ms. */
  readonly share: number;
  readonly most: number;
}

/** The pause before the next question, ms, after `waited` ms. */
export function pause(pace: Pace, waited: number): number {
  return Math.min(pace.most, Math.max(pace.least, waited * pace.share));
}

/**
 * How often an address is dialled that refused. Where the socket table agrees that nobody listens, dialling only
 * finds what answers without a listener here (a NAT redirect, a proxy), and may be slow.
 */
const CLOSED = {
  remote: { least: 2, share: 1 / 16, most: 250 },
  local: { least: 1, share: 1 / 64, most: 20 },
  tableAgrees: { least: 5, share: 1 / 8, most: 500 },
} satisfies Record<string, Pace>;

/** How often an address is dialled that accepted: a real server has to serve each of these, so seldom. */
const OPEN = {
  remote: { least: 10, share: 1 / 8, most: 250 },
  local: { least: 5, share: 1 / 16, most: 50 },
  tableAgrees: { least: 50, share: 1 / 4, most: 1000 },
} satisfies Record<string, Pace>;

/** The pace of dialling an address, from what the last attempt and the socket table said of it. */
export function dialPace(isLocal: boolean, accepted: boolean, listening: boolean | undefined): Pace {
  const paces = accepted ? OPEN : CLOSED;
  if (!isLocal) return paces.remote;
  return listening === accepted ? paces.tableAgrees : paces.local;
}

/**
 * How often the socket table is swept. Short waits end within a millisecond or two of the event; a long one costs next
 * to nothing, and what are 50 ms after ten seconds? A sweep may take up to one part in 25 of a core, however many
 * listeners make it slow.
 */
export const SWEEPS: SweepPace = {
  steps: [
    [2000, 1],
    [5000, 2],
    [8000, 10],
    [Infinity, 50],
  ],
  restPerSweep: 25,
};

/** How often a name is looked up again: it may appear late, and a service may move while it is waited for. */
export const LOOKUP = {
  failed: { least: 20, share: 1 / 8, most: 1000 },
  found: { least: 1000, share: 1 / 4, most: 10_000 },
} satisfies Record<string, Pace>;
