import type { ClientRequest, IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import { connectUnix } from '../machine/unix-socket';
import { LONGEST_DELAY } from '../timing/long-timer';
import { type Answer, type Attempt, READY, silence } from './answer';
import { isNear, isOwnTrouble, type Place } from './attempt';
import { destroyPolitely, hangUp, whenRoom } from './hang-up';
import { bareHost, portOf } from './http-url';
import type { HttpDemands } from './options';

/** As fetch has it (https://fetch.spec.whatwg.org/#http-redirect-fetch). */
const MOST_REDIRECTS = 20;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** What fetch drops when a redirect leads to another origin. */
const PRIVATE_HEADERS = new Set(['authorization', 'cookie', 'host', 'proxy-authorization']);

/**
 * Sends one GET to a URL at one of its addresses and tells `done` whether the status of the reply is one that the
 * caller wants. Redirects are followed as by fetch, unless their own status is wanted. The reply's body is read and
 * dropped after the answer.
 */
export function attemptHttp(
  url: URL,
  place: Place,
  limit: number,
  done: (answer: Answer) => void,
  demands: HttpDemands,
): Attempt {
  return whenRoom(() => begin(url, place, limit, done, demands));
}

function begin(
  url: URL,
  place: Place,
  limit: number,
  done: (answer: Answer) => void,
  demands: HttpDemands,
): Attempt {
  let request: ClientRequest | undefined;
  let isSettled = false;

  const settle = (answer?: Answer) => {
    if (isSettled) return;
    isSettled = true;
    clearTimeout(timer);
    // A request that has no socket yet, or whose connection failed, is nobody's business.
    if (request?.socket) hangUp(request.socket, isNear(place));
    else request?.destroy();
    if (answer !== undefined) done(answer);
  };
  const lose = (reason: string) => settle({ verdict: 'unready', reason });

  const send = (to: URL, redirects: number) => {
    const isFirst = redirects === 0;
    const isSecure = to.protocol === 'https:';
    let isConnected = false;
    const fail = (error: NodeJS.ErrnoException) => {
      const { code, message } = error;
      if (isFirst && !isConnected) settle(refusal(code ?? message, place));
      else lose(`${code ?? message} from ${to}`);
    };
    try {
      const options = toOptions(to, demands, isFirst ? place : undefined, to.origin === url.origin);
      const { request: start } = require(isSecure ? 'node:https' : 'node:http');
      request = (start as typeof import('node:https').request)(options);
    } catch (error) {
      // Such as a header that HTTP does not admit.
      setImmediate(lose, error instanceof Error ? error.message : String(error));
      return;
    }
    request.on('socket', (socket) => {
      destroyPolitely(socket);
      socket.once('connect', () => {
        isConnected = true;
      });
      // A request that waits in the stream while the handshake fails leaves a stream that cannot be ended.
      if (isSecure) socket.once('secureConnect', () => !isSettled && request?.end());
    });
    request.on('error', fail);
    request.on('response', (response) => judge(response, to, redirects));
    if (!isSecure) request.end();
  };

  const judge = (response: IncomingMessage, from: URL, redirects: number) => {
    response.on('error', () => {}).resume();
    const { statusCode = 0, headers } = response;
    if (demands.accepts(statusCode)) return settle(READY);
    if (!REDIRECTS.has(statusCode) || headers.location === undefined)
      return lose(`${statusCode} from ${from}`);
    const next = URL.canParse(headers.location, from.href) ? new URL(headers.location, from) : undefined;
    if (next === undefined || !/^https?:$/.test(next.protocol))
      return lose(`${statusCode} from ${from} to ${JSON.stringify(headers.location)}`);
    if (redirects === MOST_REDIRECTS) return lose(`more than ${MOST_REDIRECTS} redirects from ${url}`);
    if (request?.socket) hangUp(request.socket);
    if (!isSettled) send(next, redirects + 1);
  };

  const giveUp = () => {
    if (request?.socket?.connecting ?? true) settle(silence(limit));
    else lose(`no reply within ${limit} ms from ${url}`);
  };
  const timer = setTimeout(() => setImmediate(giveUp), Math.min(Math.max(limit, 0), LONGEST_DELAY));
  send(url, 0);
  return { cancel: () => settle() };
}

function refusal(code: string, place: Place): Answer {
  if (isOwnTrouble(code, place)) return { verdict: 'unknown', reason: code };
  return { verdict: code === 'ETIMEDOUT' ? 'silent' : 'closed', reason: code };
}

/** `place` is where to connect; without one the host of the URL is resolved. */
function toOptions(
  url: URL,
  { headers, tls }: HttpDemands,
  place: Place | undefined,
  isSameOrigin: boolean,
): RequestOptions {
  const hostname = bareHost(url);
  const allowed = Object.entries(headers).filter(
    ([name]) => isSameOrigin || !PRIVATE_HEADERS.has(name.toLowerCase()),
  );
  return {
    // One connection for one try: a kept one would tell of the server that was.
    agent: false,
    ...(place === undefined
      ? { host: hostname }
      : 'path' in place
        ? { createConnection: () => connectUnix(place.path), agent: undefined }
        : { host: place.host }),
    port: portOf(url),
    path: url.pathname + url.search,
    auth:
      url.username === ''
        ? undefined
        : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`,
    headers: {
      host: url.host,
      accept: '*/*',
      'user-agent': 'port-for-native',
      ...Object.fromEntries(allowed),
    },
    ...tlsFor(hostname, tls),
  };
}

/** The options of a TLS connection to a host: its name is shown to the server, and an address is not. */
export function tlsFor(host: string, tls: HttpDemands['tls']): HttpDemands['tls'] {
  const { isIP } = require('node:net') as typeof import('node:net');
  return isIP(host) === 0 ? { servername: host, ...tls } : tls;
}
