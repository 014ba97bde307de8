/** What one try learnt of an address, in one word. */
export type Verdict =
  /** Somebody is there, and ready. */
  | 'ready'
  /** Somebody is there, and not ready: the connection was closed at once, or the reply is not the one wanted. */
  | 'unready'
  /** The connection was refused. */
  | 'closed'
  /** Nothing came back in time: nobody is there, or a packet was lost. */
  | 'silent'
  /** This process or machine lacked something, which says nothing about the address. */
  | 'unknown';

/** What one try learnt, and why it was not ready; the reason is empty where it was. */
export interface Answer {
  readonly verdict: Verdict;
  readonly reason: string;
}

export const READY: Answer = { verdict: 'ready', reason: '' };

/** A try under way. */
export interface Attempt {
  /** Ends it without an answer. A connection that was made meanwhile ends as politely as any other. */
  cancel(): void;
  /** Since when a connection has lasted that is to last, on the clock of `performance.now()`. */
  readonly lastsSince?: number | undefined;
}

/** Begins a try that takes `limit` ms at most, and tells `done` the answer, never before it returns. */
export type Dial = (limit: number, done: (answer: Answer) => void) => Attempt;

export function silence(limit: number): Answer {
  return { verdict: 'silent', reason: `no answer within ${limit} ms` };
}
