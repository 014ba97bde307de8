import type { SweepPace } from '../addon/contract';
import type { Verdict } from './answer';

// All times are ms. The aims: a wait of up to some seconds ends within a few milliseconds of its event; one that lasts
// costs less than half a percent of a core; a server is asked no more often than a browser with a full page would.
// `bench/suites/wait.mjs` measures both.

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
 * An address that nobody answers at. A try here costs some 0.3 ms of processor, so that every 20 ms is 1.5 %; a try of
 * another machine costs it a packet, so that four a second are the most. Where the socket table agrees, tries only
 * find what answers without a listener here (a NAT redirect): 1 in two seconds after a quarter of a minute.
 */
const CLOSED = {
  remote: { least: 2, share: 1 / 16, most: 250 },
  local: { least: 1, share: 1 / 64, most: 20 },
  tableAgrees: { least: 5, share: 1 / 8, most: 2000 },
} satisfies Record<string, Pace>;

/** An address that is open while it should be free: a real server has to serve each of these tries, so seldom. */
const OPEN = {
  remote: { least: 10, share: 1 / 8, most: 250 },
  local: { least: 5, share: 1 / 16, most: 50 },
  tableAgrees: { least: 50, share: 1 / 4, most: 1000 },
} satisfies Record<string, Pace>;

/**
 * A server that is there and not ready yet, which no table tells of: for the first second a try no later than 5 ms after
 * the last, so that its first good reply is known within ten even where a try takes some ms.
 */
const UNREADY = {
  remote: { least: 10, share: 1 / 32, most: 250 },
  local: { least: 3, share: 1 / 192, most: 100 },
} satisfies Record<string, Pace>;

/** The pace of trying an address, from what the last try and the socket table said of it. */
export function tryPace(isLocal: boolean, verdict: Verdict, listening: boolean | undefined): Pace {
  if (verdict === 'unready') return isLocal ? UNREADY.local : UNREADY.remote;
  const paces = verdict === 'ready' ? OPEN : CLOSED;
  if (!isLocal) return paces.remote;
  return listening === (verdict === 'ready') ? paces.tableAgrees : paces.local;
}

/**
 * How often the socket table is looked at. A look takes some 30 us of processor with its wake-up: 3,550 looks in the
 * first half minute are 0.35 % of a core, 3,150 of them in the first ten seconds, where each ms counts. A look may take up to one part in 25 of a core, however many addresses make it
 * slow.
 */
export const SWEEPS: SweepPace = {
  steps: [
    [500, 1],
    [3000, 2],
    [10_000, 5],
    [Infinity, 50],
  ],
  restPerSweep: 25,
};

/**
 * How often a name is looked up again: it may appear late, and a service may move while it is waited for. Resolvers
 * keep what they know for seconds (a name that is missing: systemd-resolved and dnsmasq), so faster is no use.
 */
export const LOOKUP = {
  failed: { least: 20, share: 1 / 8, most: 1000 },
  found: { least: 1000, share: 1 / 4, most: 10_000 },
} satisfies Record<string, Pace>;

/** With many names, each is asked for the less often: so many ms for each name between two lookups of one. */
export const LOOKUP_PER_NAME = 10;

/** Tries under way at most: each holds a descriptor, of which a process often may have no more than 1,024. */
export const MOST_UNDER_WAY = 256;

/** Repeated tries a second, all waits of the process together: at 0.3 ms each, 7.5 % of a core. */
export const REPEATS = { perSecond: 250, burst: 50 };

/** The same where a try is but a second opinion beside the socket table. */
export const SECOND_OPINIONS = { perSecond: 15, burst: 15 };

/**
 * The first try of a wait gets this long even where the wait's own time is shorter, ms: a connection to the other side of
 * the earth takes no longer than some 300, to the next data centre 10, and `timeout: 0` is to end within 100.
 */
export const FIRST_TRY = 80;

/**
 * So many tries in a row without an answer mean that nobody answers; fewer may be lost packets. Where one packet in ten is
 * lost, six in a row are one in a million.
 */
export const CONVINCING_SILENCES = 6;

/** After silence the next try for free waits twice as long, up to this, ms: longer than a way around the earth. */
export const MOST_PATIENCE = 400;
