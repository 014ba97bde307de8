import { invalidType, invalidValue, show } from '../arguments/invalid-argument';
import { checkPort } from '../ports/port';
import { HostPort } from './host-port';
import { bareHost, portOf } from './http-url';

/**
 * One place to wait for: `'localhost:8080'`, a {@link HostPort}, `{ host, port }` or `[host, port]` for a TCP port; a
 * `URL` or its text, `'http://localhost:8080/health'`, for an HTTP server; `'tls:HOST:PORT'`, `'unix:/run/app.sock'` and
 * `'http+unix:/run/app.sock:/health'` for servers that speak TLS or listen on a Unix socket.
 */
export type Target = string | URL | ServiceTarget | TcpTarget | readonly [host: string, port: number];

/** A TCP port of a host. */
export interface TcpTarget {
  /** A name or an address. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** One target, or any iterable of them. */
export type Targets = Target | Iterable<Target>;

/** A target as the package read it. */
export type WaitTarget = HostPort | ServiceTarget;

/** A target that is more than a TCP port, or something else. It is written as it was given. */
export class ServiceTarget {
  /** How it is asked. */
  readonly kind: 'http' | 'tls' | 'unix';
  /** The name or address of its host; undefined for a Unix socket. */
  readonly host: string | undefined;
  /** 1 to 65535; undefined for a Unix socket. */
  readonly port: number | undefined;
  /** The path of its Unix socket; undefined for a TCP port. */
  readonly path: string | undefined;
  /** What is requested, where `kind` is `'http'`. */
  readonly url: URL | undefined;
  readonly #text: string;

  /** @internal */
  constructor(kind: ServiceTarget['kind'], text: string, place: HostPort | string, url?: URL) {
    this.kind = kind;
    this.host = typeof place === 'string' ? undefined : place.host;
    this.port = typeof place === 'string' ? undefined : place.port;
    this.path = typeof place === 'string' ? place : undefined;
    this.url = url;
    this.#text = text;
  }

  /** The target as it was given. */
  toString(): string {
    return this.#text;
  }

  /** The same. */
  toJSON(): string {
    return this.#text;
  }
}

/**
 * Reads one target.
 *
 * @throws TypeError, RangeError that name the value.
 */
export function toTarget(target: Target): WaitTarget {
  if (target instanceof HostPort || target instanceof ServiceTarget) return target;
  if (target instanceof URL) return readUrl(target, target.href);
  if (typeof target === 'string') return readText(target);
  if (isPair(target)) return new HostPort(target[0], target[1]);
  if (typeof target === 'object' && target !== null && 'host' in target && 'port' in target) {
    return new HostPort(target.host, target.port);
  }
  throw invalidType('target', '"host:port", a URL, { host, port } or [host, port]', target);
}

/** Reads what the caller names, one target or many. `['localhost', 8080]` is one. */
export function toTargets(targets: Targets): WaitTarget[] {
  const isOne = typeof targets !== 'object' || targets === null || isPair(targets);
  if (!isOne && Symbol.iterator in targets) return Array.from(targets, toTarget);
  return [toTarget(targets as Target)];
}

function isPair(value: unknown): value is readonly [string, number] {
  return Array.isArray(value) && value.length === 2 && typeof value[1] === 'number';
}

function readText(text: string): WaitTarget {
  const [, scheme = ''] = /^([a-z+]+):(?!\d+$)/i.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case 'http':
    case 'https':
      return readHttp(text);
    case 'http+unix':
      return readHttpUnix(text, text.slice('http+unix:'.length));
    case 'unix':
      return new ServiceTarget('unix', text, readPath(text, text.slice('unix:'.length)));
    case 'tls':
      return new ServiceTarget('tls', text, HostPort.parse(text.slice('tls:'.length)));
    case 'tcp':
      return HostPort.parse(text.slice('tcp:'.length));
    case 'udp':
      throw refuseUdp(text);
    default:
      return HostPort.parse(text);
  }
}

function refuseUdp(text: string): RangeError {
  return invalidValue(
    `target ${show(text)} cannot be waited for: UDP has no accept, so no answer tells a server from nobody; ` +
      'wait for a TCP port or an HTTP server of the same service',
  );
}

function readHttp(text: string): ServiceTarget {
  // As wait-on writes a Unix socket: http://unix:/run/app.sock:/health.
  if (/^http:\/\/unix:/i.test(text)) return readHttpUnix(text, text.slice('http://unix:'.length));
  if (!URL.canParse(text)) throw invalidValue(`target ${show(text)} is not a URL`);
  return readUrl(new URL(text), text);
}

function readUrl(url: URL, text: string): ServiceTarget {
  if (url.protocol === 'http+unix:') return readHttpUnix(text, text.slice('http+unix:'.length));
  if (!/^https?:$/.test(url.protocol))
    throw invalidValue(`target ${show(text)} is neither an http: nor an https: URL`);
  const port = checkPort(portOf(url), `target ${show(text)}: port`);
  return new ServiceTarget('http', text, new HostPort(bareHost(url), port), url);
}

/** Reads `/run/app.sock:/health` or `//%2Frun%2Fapp.sock/health`. */
function readHttpUnix(text: string, rest: string): ServiceTarget {
  const [, encoded, plain, page] = /^(?:\/\/([^/]+)|([^:]+))(?::?(\/.*))?$/.exec(rest) ?? [];
  const path = encoded === undefined ? plain : decode(encoded);
  return new ServiceTarget(
    'http',
    text,
    readPath(text, path ?? ''),
    new URL(`http://localhost${page ?? '/'}`),
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** The bytes that fit into sun_path (unix(7)). Node.js 20 truncates a longer path, which then names another socket. */
const LONGEST_PATH = process.platform === 'linux' ? 107 : 103;

function readPath(text: string, path: string): string {
  if (path === '' || path === '@' || path.includes('\0')) {
    throw invalidValue(
      `target ${show(text)} names no Unix socket: expected a form such as "unix:/run/app.sock"`,
    );
  }
  const length = Buffer.byteLength(path.replace(/^@/, ''));
  if (length > LONGEST_PATH && process.platform !== 'win32') {
    throw invalidValue(
      `target ${show(text)} has a socket path of ${length} bytes: the system allows ${LONGEST_PATH} at most, so use a shorter one`,
    );
  }
  return path;
}
