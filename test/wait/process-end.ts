import t from 'tap';
import { run } from '../support/command';
import { distPath } from '../support/dist';
import { listen, portOf, reservePort } from '../support/listen';

/** A program that waits, tells how that ended, and then has nothing to do. */
const PROGRAM = `
const { free, occupied } = require(process.argv[1]);
const [words, options, abortAfter] = JSON.parse(process.argv[2]);
const controller = new AbortController();
if (abortAfter !== undefined) setTimeout(() => controller.abort(), abortAfter);
const wait = (words.pop() === 'free' ? free : occupied)(words, { ...options, signal: controller.signal });
wait.then(() => 'done', (error) => error.name).then((end) => console.log(end));
`;

type Request = [words: string[], options?: object, abortAfter?: number];

/** A time limit that keeps a process alive for longer than this test waits for its end. */
const LONG = { timeout: 600_000 };

/** After so many ms a process that should have ended is killed. */
const PATIENCE = 30_000;

t.test('nothing keeps the process alive once a wait has ended', async (t) => {
  const open = `localhost:${portOf(await listen(t, '127.0.0.1'))}`;
  const closed = `localhost:${reservePort(t)}`;
  const unscoped = '[fe80::1]:80';
  const cases: [Request, string][] = [
    [[[open, 'occupied'], LONG], 'done'],
    [[[closed, 'free'], LONG], 'done'],
    [[[closed, 'occupied'], { timeout: 50 }], 'PortTimeoutError'],
    [[[open, 'free'], { timeout: 50 }], 'PortTimeoutError'],
    [[[closed, open, 'occupied'], LONG, 50], 'AbortError'],
    [[[closed, unscoped, 'occupied']], 'HostError'],
    [[[open, closed, unscoped, 'free'], LONG], 'HostError'],
  ];
  for (const [request, end] of cases) {
    const words = ['-e', PROGRAM, distPath('index.js'), JSON.stringify(request)];
    const outcome = await run(process.execPath, words, {}, PATIENCE);
    t.strictSame(outcome, { code: 0, stdout: `${end}\n`, stderr: '' }, JSON.stringify(request));
  }
});
