import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { Checker } from '../../lib/wait/checker';
import { free, occupied } from '../../lib/wait/wait';
import { insideNamespace } from '../support/inside-namespace';

const SUPPORT = join(__dirname, '..', 'support');

/** Compiled as this file is: Node.js 20 refuses a program that ends in .ts where tap has hooked its loader. */
const SERVER = join(SUPPORT, `obedient-server${extname(__filename)}`);

/** The far end of the link. */
const HOST = '10.77.0.2';

const NO_LINK =
  existsSync('/dev/net/tun') && spawnSync('python3', ['-c', 'import socket; socket.send_fds']).status === 0
    ? false
    : 'needs /dev/net/tun and python3 from 3.9 on';

/** A server at {@link HOST}, behind a link with a delay (ms, each way) and losses (percent, each way). */
class FarServer {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly answers: AsyncIterator<string>;

  constructor(t: Test, delay: number, loss: number) {
    const server = [process.execPath, ...process.execArgv, SERVER];
    this.child = spawn('python3', [join(SUPPORT, 'slow-link.py'), `${delay}`, `${loss}`, ...server]);
    this.child.stderr.pipe(process.stderr);
    this.answers = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    // The server ends with its input, and the link with the server: the next one takes the names of its devices.
    t.teardown(async () => {
      this.child.stdin.end();
      if (this.child.exitCode === null) await once(this.child, 'exit');
    });
  }

  async does(line: string): Promise<void> {
    this.child.stdin.write(`${line}\n`);
    const answer = await this.answers.next();
    if (answer.value !== line) throw new Error(`the far server did not ${line}`);
  }
}

const PORT = 8080;

const LINKS = [
  [50, 0],
  [50, 10],
] as const;

insideNamespace(__filename, () => {
  for (const [delay, loss] of LINKS) {
    t.test(`${delay} ms away, with ${loss} of 100 packets lost`, { skip: NO_LINK }, async (t) => {
      const server = new FarServer(t, delay, loss);
      const failure = new AbortController();
      t.teardown(() => failure.abort());
      const { signal } = failure;
      let isOccupied = false;
      const beginning = occupied(HOST, PORT, { signal }).then(() => {
        isOccupied = true;
      });
      await server.does(`listen ${PORT + 1}`);
      t.equal(isOccupied, false);
      await occupied(HOST, PORT + 1);
      await server.does('close');
      await free(HOST, PORT + 1);

      await server.does(`listen ${PORT}`);
      await beginning;
      await t.rejects(new Checker({ timeout: 10_000 }).assertFree(HOST, PORT), { code: 'ERR_PORT_NOT_FREE' });

      let isFree = false;
      const end = free(HOST, PORT, { signal }).then(() => {
        isFree = true;
      });
      await sleep(3000);
      t.equal(isFree, false);
      await server.does('close');
      await end;
      await t.rejects(occupied(HOST, PORT, { timeout: 300 }), {
        message: `Port ${PORT} not bound on ${HOST}.`,
      });
    });
  }
});
