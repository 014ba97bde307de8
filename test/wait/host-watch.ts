import t, { type Test } from 'tap';
import type { Resolution } from '../../lib/host/resolve';
import { LOOKUP, LOOKUP_PER_NAME } from '../../lib/wait/pace';
import { stopTime } from '../support/stopped-time';

const MISSING = { error: new Error('getaddrinfo ENOTFOUND') };
const FOUND = { addresses: ['127.0.0.1'] };

/** Watches whose clock, timers and resolver the test plays. */
function watchesByHand(t: Test) {
  const { pass, timers: due } = stopTime(t);
  pass(1000);
  const questions: { name: string; answer: (resolution: Resolution) => void }[] = [];
  const resolveInTurn = (name: string, answer: (resolution: Resolution) => void) => {
    const question = { name, answer };
    questions.push(question);
    return () => {
      questions.splice(questions.indexOf(question), 1);
    };
  };
  const { watchHost } = t.mockRequire<typeof import('../../lib/wait/host-watch')>(
    '../../lib/wait/host-watch',
    { '../../lib/host/resolve': { resolveInTurn } },
  );
  /** After how many ms the newest timer is due. */
  const rest = () => {
    const timer = [...due].at(-1);
    return timer === undefined ? undefined : timer.at - performance.now();
  };
  return {
    watchHost,
    due,
    asked: () => questions.map(({ name }) => name),
    /** Answers the oldest question; returns after how many ms the next one is due. */
    answer: (resolution: Resolution) => {
      questions.shift()?.answer(resolution);
      return rest();
    },
    /** Lets the time pass until the only timer is due. */
    pass: () => pass(rest() ?? 0),
    wait: pass,
  };
}

t.test('a host that needs no resolver is told of once, at once', async (t) => {
  const { watchHost, asked, due } = watchesByHand(t);
  const told: Resolution[] = [];
  const end = watchHost('127.0.0.1', (resolution) => told.push(resolution));
  t.strictSame(told, [{ addresses: ['127.0.0.1'] }]);
  t.strictSame(asked(), []);
  t.equal(due.size, 0);
  end();
});

t.test('a missing name is asked for in step with the time waited, a found one seldom', async (t) => {
  const { watchHost, answer, pass, wait, asked } = watchesByHand(t);
  const told: Resolution[] = [];
  const end = watchHost('db', (resolution) => told.push(resolution));
  t.strictSame(asked(), ['db']);
  t.equal(answer(MISSING), LOOKUP.failed.least);
  pass();
  t.strictSame(asked(), ['db']);
  wait(800 - LOOKUP.failed.least);
  t.equal(answer(MISSING), 800 * LOOKUP.failed.share);
  pass();
  wait(100_000);
  t.equal(answer(MISSING), LOOKUP.failed.most);
  pass();
  t.equal(answer(FOUND), LOOKUP.found.most);
  t.strictSame(told, [MISSING, MISSING, MISSING, FOUND]);
  end();
});

t.test('a wait that comes later begins the pace of its name anew, and shares its question', async (t) => {
  const { watchHost, answer, wait, asked } = watchesByHand(t);
  const told: string[] = [];
  const ends = [watchHost('db', () => told.push('first'))];
  wait(100_000);
  ends.push(watchHost('db', () => told.push('second')));
  t.strictSame(asked(), ['db']);
  t.equal(answer(FOUND), LOOKUP.found.least);
  t.strictSame(told, ['first', 'second']);
  for (const end of ends) end();
});

t.test('a wait that comes while its name rests has it asked for at once', async (t) => {
  const { watchHost, answer, due, asked } = watchesByHand(t);
  const ends = [watchHost('db', () => {})];
  answer(FOUND);
  t.equal(due.size, 1);
  ends.push(watchHost('db', () => {}));
  t.equal(due.size, 0);
  t.strictSame(asked(), ['db']);
  for (const end of ends) end();
});

t.test('with many names, each rests for longer', async (t) => {
  const { watchHost, answer } = watchesByHand(t);
  const ends = Array.from({ length: 50 }, (_, index) => watchHost(`db${index}`, () => {}));
  t.equal(answer(MISSING), 50 * LOOKUP_PER_NAME);
  for (const end of ends.slice(10)) end();
  t.equal(answer(MISSING), 10 * LOOKUP_PER_NAME);
  for (const end of ends.slice(0, 10)) end();
});

t.test('the last one to leave withdraws the question, or stops the timer', async (t) => {
  const { watchHost, answer, asked, due } = watchesByHand(t);
  const told: string[] = [];
  const first = watchHost('db', () => told.push('first'));
  const second = watchHost('db', () => told.push('second'));
  first();
  t.strictSame(asked(), ['db']);
  answer(FOUND);
  t.strictSame(told, ['second']);
  t.equal(due.size, 1);
  second();
  t.equal(due.size, 0);

  const third = watchHost('db', () => told.push('third'));
  t.strictSame(asked(), ['db']);
  third();
  t.strictSame(asked(), []);
  t.strictSame(told, ['second']);
});

t.test('a listener may end the watch while it is told', async (t) => {
  const { watchHost, answer, due } = watchesByHand(t);
  const told: string[] = [];
  const end = watchHost('db', () => {
    told.push('first');
    end();
  });
  answer(FOUND);
  t.strictSame(told, ['first']);
  t.equal(due.size, 0);
});
