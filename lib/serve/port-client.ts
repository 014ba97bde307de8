import { invalidType, invalidValue, show } from '../arguments/invalid-argument';
import { checkOptions, checkSignal, checkTime, type OptionNames } from '../arguments/options';
import { PortForError } from '../errors/port-for-error';
import { connectUnix } from '../machine/unix-socket';
import { isPort } from '../ports/port';
import { checkAddress, DEFAULT_ADDRESS } from './address';

/** How a port is asked for at a portserver. */
export interface PortFromServerOptions {
  /** A path of a Unix socket, or `@` and an abstract name; `$PORTSERVER_ADDRESS`, or else `@unittest-portserver`. */
  address?: string | undefined;
  /** The process with whose end the port goes back to the server; this one by default. */
  pid?: number | undefined;
  /** When to give up, ms; 10,000 by default. */
  timeout?: number | undefined;
  /** Rejects the promise with its reason. */
  signal?: AbortSignal | undefined;
}

const OPTIONS: OptionNames<PortFromServerOptions> = { address: true, pid: true, timeout: true, signal: true };

/** More than this is no port. */
const LONGEST_ANSWER = 32;

/**
 * Asks a portserver, such as `port-for --serve` or that of Python's portpicker, for a port: one that no other client of it
 * has until the process `pid` ends. The port is not held in the kernel.
 *
 * @param options the server, and the process that will use the port
 * @throws PortForError with code `ERR_PORT_SERVER` when nobody serves there, when the server gives no port (its pool is
 *   empty, or it does not know the process), or does not answer in time. TypeError or RangeError.
 * @example
 * process.env.PORTSERVER_ADDRESS = '@ports';
 * await portFromServer(); // 24317
 */
export async function portFromServer(options: PortFromServerOptions = {}): Promise<number> {
  const { pid = process.pid, timeout = 10_000, signal } = checkOptions(options, OPTIONS);
  const { address = process.env.PORTSERVER_ADDRESS || DEFAULT_ADDRESS } = options;
  if (typeof address !== 'string') throw invalidType('address', 'a string', address);
  checkAddress(address);
  if (!Number.isInteger(pid) || pid < 2)
    throw invalidValue(`pid ${show(pid)} is no process that can have a port`);
  checkTime(timeout, 'timeout', 0);
  checkSignal(signal);
  signal?.throwIfAborted();
  const answer = await ask(address, `${pid}\n`, timeout, signal);
  const port = /^\d+\n?$/.test(answer) ? Number(answer) : 0;
  if (isPort(port)) return port;
  const why =
    answer === '' ? `gives no port to process ${pid}: its pool is empty` : `answered ${show(answer)}`;
  throw fail(address, why);
}

function ask(
  address: string,
  question: string,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      client.destroy();
      settle();
    };
    const onAbort = () => end(() => reject(signal?.reason));
    const client = connectUnix(address);
    client.once('connect', () => client.write(question));
    const late = () => end(() => reject(fail(address, `does not answer within ${timeout / 1000} s`)));
    const timer =
      timeout === Number.POSITIVE_INFINITY ? undefined : setTimeout(late, Math.min(timeout, 2 ** 31 - 1));
    signal?.addEventListener('abort', onAbort, { once: true });
    client.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
      if (answer.includes('\n') || answer.length > LONGEST_ANSWER) end(() => resolve(answer));
    });
    client.once('end', () => end(() => resolve(answer)));
    client.once('error', (error: NodeJS.ErrnoException) =>
      end(() => reject(fail(address, `cannot be reached (${error.code ?? error.message})`, error))),
    );
  });
}

function fail(address: string, why: string, cause?: Error): PortForError {
  const way = 'start one, as PortServer does, or set PORTSERVER_ADDRESS to another';
  return new PortForError('ERR_PORT_SERVER', `the portserver at ${address} ${why}: ${way}`, { cause });
}
