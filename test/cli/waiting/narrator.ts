import t from 'tap';
import { Narrator } from '../../../lib/cli/waiting/narrator';
import { HostPort } from '../../../lib/wait/host-port';

function narratorTo(isTTY: boolean) {
  const written: string[] = [];
  const stream = { isTTY, columns: 40, write: (text: string) => written.push(text) };
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
  const { narrator, written } = narratorTo(true);
  narrator.hear(REFUSED);
  t.strictSame(written.splice(0), ['\r\x1b[2K', 'portend: app:7000 at 10.0.0.1: ECONNREFUSED\n']);
  const begun = performance.now();
  while (written.length === 0 && performance.now() - begun < 10_000)
    await new Promise((resolve) => setTimeout(resolve, 20));
  t.ok(performance.now() - begun > 700, 'a wait that is short has none');
  narrator.end('done');
  t.match(written[0]?.slice(5), /^waiting for \d\.\d s, 1 tries, last app/);
  t.ok(written[0]?.startsWith('\r\x1b[2K'));
  t.equal(written[0]?.length, 5 + 39);
  const count = written.length;
  await new Promise((resolve) => setTimeout(resolve, 300));
  t.equal(written.length, count, 'the end is the end');
});
