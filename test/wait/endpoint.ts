import t from 'tap';
import { type Answer, READY } from '../../lib/wait/answer';
import { Endpoint, type Spot } from '../../lib/wait/endpoint';
import { stopTime } from '../support/stopped-time';

const CLOSED: Answer = { verdict: 'closed', reason: 'refused' };

/** An endpoint whose tries are answered by hand. */
function endpointByHand(kind: Partial<Spot> = {}) {
  const limits: number[] = [];
  const answers: ((answer: Answer) => void)[] = [];
  let cancelled = 0;
  const spot: Spot = {
    key: '127.0.0.1 7000',
    address: '127.0.0.1',
    port: 7000,
    isLocal: true,
    isInTable: true,
    dial: (limit, done) => {
      limits.push(limit);
      answers.push(done);
      return { cancel: () => cancelled++ };
    },
    ...kind,
  };
  const wakes: number[] = [];
  const endpoint = new Endpoint(spot, (at) => wakes.push(at));
  const answer = (given: Answer) => answers.pop()?.(given);
  return { endpoint, answer, limits, wakes, cancelled: () => cancelled };
}

/** A wait that keeps what it hears. */
function subscriber(limit = 1000) {
  const heard: Answer[] = [];
  return { limit, heard, onAnswer: (answer: Answer) => heard.push(answer) };
}

t.test('a wait hears of no try that began before it came', (t) => {
  const { endpoint, answer, wakes } = endpointByHand();
  const [first, second] = [subscriber(), subscriber()];
  endpoint.subscribe(first, 10);
  t.strictSame(wakes, [10]);
  endpoint.dial(10);
  endpoint.subscribe(second, 20);
  answer(CLOSED);
  t.strictSame([first.heard, second.heard], [[CLOSED], []]);
  t.equal(endpoint.due, 20, 'the newcomer wants its own try at once');
  endpoint.dial(20);
  answer(READY);
  t.strictSame([first.heard, second.heard], [[CLOSED, READY], [READY]]);
  t.end();
});

t.test('a try takes as long as the most patient wait allows', (t) => {
  const { endpoint, limits } = endpointByHand();
  endpoint.subscribe(subscriber(50), 0);
  endpoint.subscribe(subscriber(200), 0);
  endpoint.subscribe(subscriber(100), 0);
  endpoint.dial(10);
  t.strictSame(limits, [200]);
  t.equal(endpoint.runningFor(40), 30);
  t.end();
});

t.test('how long a connection has lasted is told of the try that is under way', (t) => {
  let lastsSince: number | undefined;
  const attempt = {
    cancel: () => {},
    get lastsSince() {
      return lastsSince;
    },
  };
  const { endpoint } = endpointByHand({ dial: () => attempt });
  t.equal(endpoint.lastingFor(5), undefined);
  endpoint.subscribe(subscriber(), 0);
  endpoint.dial(10);
  t.equal(endpoint.lastingFor(15), undefined);
  lastsSince = 20;
  t.equal(endpoint.lastingFor(50), 30);
  t.end();
});

t.test('a try goes on for as long as one wait wants it', (t) => {
  const { endpoint, answer, cancelled } = endpointByHand();
  const [first, second] = [subscriber(), subscriber()];
  endpoint.subscribe(first, 0);
  endpoint.subscribe(second, 0);
  endpoint.dial(0);
  endpoint.unsubscribe(first);
  t.equal(cancelled(), 0);
  endpoint.unsubscribe(second);
  t.equal(cancelled(), 1);
  t.notOk(endpoint.isBusy);
  t.equal(endpoint.runningFor(30), 0);
  answer(READY);
  t.strictSame([first.heard, second.heard], [[], []]);
  t.end();
});

t.test('a wait that another one ended hears no more', (t) => {
  const { endpoint, answer } = endpointByHand();
  const second = subscriber();
  const first = { limit: 1000, onAnswer: () => endpoint.unsubscribe(second) };
  endpoint.subscribe(first, 0);
  endpoint.subscribe(second, 0);
  endpoint.dial(0);
  answer(READY);
  t.strictSame(second.heard, []);
  t.end();
});

t.test('a change of the socket table is a reason to try at once, what is known is none', (t) => {
  const { endpoint, answer, wakes } = endpointByHand();
  endpoint.subscribe(subscriber(), 0);
  t.notOk(endpoint.needsTable, 'the first try needs no table');
  endpoint.dial(0);
  answer(CLOSED);
  t.ok(endpoint.needsTable);
  t.ok(endpoint.due > 0);
  const hear = (listening: boolean | undefined, at: number) => {
    wakes.length = 0;
    endpoint.hear(listening, at);
    return [...wakes];
  };
  t.strictSame(hear(false, 1e9), [], 'the table agrees');
  t.ok(endpoint.isSettled);
  t.strictSame(hear(true, 2e9), [2e9], 'it listens now');
  t.ok(endpoint.isUrgent);
  t.equal(endpoint.due, 2e9);
  t.equal(endpoint.since, 2e9);
  t.notOk(endpoint.isSettled);
  t.strictSame(hear(true, 3e9), [], 'it still listens');
  t.strictSame(hear(undefined, 4e9), [], 'the table says nothing');
  t.strictSame(hear(false, 5e9), [], 'the last try was refused too');
  endpoint.dial(6e9);
  t.notOk(endpoint.isUrgent);
  answer(READY);
  t.notOk(endpoint.isSettled, 'it answers, though nobody listens');
  t.strictSame(hear(true, 7e9), [7e9]);
  endpoint.dial(7e9);
  answer(READY);
  t.ok(endpoint.isSettled);
  t.end();
});

t.test('what the table tells during a try makes another due at its end', (t) => {
  const { endpoint, answer, wakes } = endpointByHand();
  endpoint.subscribe(subscriber(), 0);
  endpoint.dial(0);
  endpoint.hear(true, 5);
  wakes.length = 0;
  answer(CLOSED);
  t.strictSame(wakes, [5]);
  t.end();
});

t.test('the next try is due after a pause that grows from the last reason to try', (t) => {
  const { pass } = stopTime(t);
  for (const [kind, listening, pauses] of [
    [{}, undefined, [15.625, 20]],
    [{}, false, [125, 250]],
    [{ isLocal: false }, undefined, [62.5, 125]],
  ] as const) {
    const { endpoint, answer, wakes } = endpointByHand(kind);
    pass(500);
    const start = performance.now();
    endpoint.subscribe(subscriber(), start);
    endpoint.dial(start);
    answer(CLOSED);
    endpoint.hear(listening, start);
    for (const pause of pauses) {
      pass(1000);
      const now = performance.now();
      endpoint.dial(now);
      wakes.length = 0;
      answer(CLOSED);
      t.equal(endpoint.due, now + pause);
      t.strictSame(wakes, [now + pause]);
    }
  }
  t.end();
});

t.test('a server that is there and not ready is one for the table, and only local ports are in it', (t) => {
  const { endpoint, answer, wakes } = endpointByHand();
  endpoint.subscribe(subscriber(), 0);
  endpoint.dial(0);
  answer({ verdict: 'unready', reason: '503' });
  t.notOk(endpoint.isSettled);
  wakes.length = 0;
  endpoint.hear(true, 1e9);
  t.strictSame(wakes, []);
  const remote = endpointByHand({ isInTable: false });
  remote.endpoint.subscribe(subscriber(), 0);
  remote.endpoint.dial(0);
  remote.answer(CLOSED);
  t.notOk(remote.endpoint.needsTable);
  t.end();
});

t.test('what a wait does in its answer is of the next try', (t) => {
  const { endpoint, answer } = endpointByHand();
  const late = subscriber();
  const first = { limit: 1000, onAnswer: () => endpoint.subscribe(late, 5) };
  endpoint.subscribe(first, 0);
  endpoint.dial(0);
  answer(CLOSED);
  t.strictSame([late.heard, endpoint.due, endpoint.isUrgent, endpoint.isBusy], [[], 5, true, false]);
  t.end();
});
