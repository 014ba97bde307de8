import t from 'tap';
import { Narrator } from '../../../lib/cli/waiting/narrator';
import { HostPort } from '../../../lib/wait/host-port';
import { stopTime } from '../../support/stopped-time';

function narratorTo(isTTY: boolean, columns: number | undefined = 40) {
  const written: string[] = [];
  const stream = { isTTY, columns, write: (text: string) => written.push(text) };
  return { narrator: new Narrator(stream as never), written };
}

const target = new HostPort('app', 7000);
const REFUSED = { target, address: '10.0.0.1', accepted: false, reason: 'ECONNREFUSED' };

t.test('each new answer of an address is a line', (t) => {
  const { narrator, written } = narratorTo(false);
  narrator.hear({ ...REFUSED, address: undefined, reason: 'ENOTFOUND' });
  narrator.hear(REFUSED);
  narrator.hear(REFUSED);
  narrator.hear({ ...REFUSED, address: '10.0.0.2' });
  narrator.hear({ ...REFUSED, accepted: true, reason: '' });
  narrator.hear(REFUSED);
  narrator.clear();
  narrator.end('timed out');
  t.strictSame(written.slice(0, -1), [
    'portend: app:7000: ENOTFOUND\n',
    'portend: app:7000 at 10.0.0.1: ECONNREFUSED\n',
    'portend: app:7000 at 10.0.0.2: ECONNREFUSED\n',
    'portend: app:7000 at 10.0.0.1: accepted\n',
    'portend: app:7000 at 10.0.0.1: ECONNREFUSED\n',
  ]);
  t.match(written.at(-1), /^portend: timed out after \d+\.\d s, 6 tries\n$/);
  t.end();
});

t.test('on a terminal a line that lasts is cleared before the next, and fits', async (t) => {
  const begun = performance.now();
  const { narrator, written } = narratorTo(true);
  narrator.hear(REFUSED);
  t.strictSame(written.splice(0), ['\r\x1b[2K', 'portend: app:7000 at 10.0.0.1: ECONNREFUSED\n']);
  while (written.length === 0 && performance.now() - begun < 10_000)
    await new Promise((resolve) => setTimeout(resolve, 20));
  t.ok(performance.now() - begun > 700, 'a wait that is short has none');
  narrator.end('done');
  t.match(written[0]?.slice(5), /^waiting for \d+\.\d s, 1 tries, last app/);
  t.ok(written[0]?.startsWith('\r\x1b[2K'));
  t.equal(written[0]?.length, 5 + 39);
  const count = written.length;
  await new Promise((resolve) => setTimeout(resolve, 300));
  t.equal(written.length, count, 'the end is the end');
});

t.test('a wait of a second has a line, which each fifth of a second makes new', (t) => {
  const { pass, timers } = stopTime(t);
  const { setInterval, clearInterval } = globalThis;
  t.teardown(() => Object.assign(globalThis, { setInterval, clearInterval }));
  let tick = () => {};
  let isRef = true;
  let cleared: unknown;
  const timer = {
    unref: () => {
      isRef = false;
      return timer;
    },
  };
  Object.assign(globalThis, {
    setInterval: (call: () => void, ms: number) => {
      t.equal(ms, 200);
      tick = call;
      return timer;
    },
    clearInterval: (ended: unknown) => {
      cleared = ended;
    },
  });
  const { narrator, written } = narratorTo(true, 0);
  narrator.hear({ ...REFUSED, reason: 'x'.repeat(100) });
  written.length = 0;
  pass(999);
  tick();
  t.strictSame(written, []);
  pass(1);
  tick();
  const line = `waiting for 1.0 s, 1 tries, last app:7000 at 10.0.0.1: ${'x'.repeat(100)}`;
  t.strictSame(
    written.splice(0),
    [`\r\x1b[2K${line.slice(0, 79)}`],
    'a terminal that tells no width has 80 columns',
  );
  narrator.end('occupied');
  t.strictSame(written, ['\r\x1b[2K', 'portend: occupied after 1.0 s, 1 tries\n']);
  t.strictSame([isRef, cleared === timer, timers.size], [false, true, 0]);
  t.end();
});
