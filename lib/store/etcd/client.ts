import { readFileSync } from 'node:fs';
import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { toAuthority } from '../../host/authority';
import { ConfigAccessError } from '../errors';
import type { EtcdHost, EtcdPlace } from './place';

/** How long one member may take to answer before another one is asked, ms; less where the call has no time for all. */
const PATIENCE = 2000;

/** Between two rounds through all members, ms: an election takes about a second. */
const SHORTEST_PAUSE = 25;
const LONGEST_PAUSE = 400;

/** What a call gave. */
export interface EtcdReply {
  readonly body: unknown;
  /** Whether the engine may have done what was asked for before, in a try whose answer was lost. */
  readonly isUnsure: boolean;
}

/**
 * Why a try failed. `final`: no other member will say otherwise. `refused`: nobody is there. `silent`: no answer, and nothing
 * was done. `lost`: no answer, and what was asked for may have been done.
 */
interface Failure {
  readonly kind: 'final' | 'refused' | 'silent' | 'lost' | 'stale token';
  readonly code: string;
  readonly text: string;
}

/** Codes of gRPC. */
const DEADLINE_EXCEEDED = 4;
const PERMISSION_DENIED = 7;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

/**
 * Asks an etcd cluster by the JSON gateway of its v3 API. A member that refuses, is silent or has no leader is left for the
 * next one, until `timeout` ms have passed. The member that answered last is asked first.
 */
export class EtcdClient {
  readonly #place: EtcdPlace;
  readonly #timeout: number;
  #agent: Agent | undefined;
  #token: Promise<string> | undefined;
  #cluster: string | undefined;
  #current = 0;

  constructor(place: EtcdPlace, timeout: number) {
    this.#place = place;
    this.#timeout = timeout;
  }

  /** When a call that begins now has to end, on the clock of `performance`. */
  deadline(): number {
    return performance.now() + this.#timeout;
  }

  /**
   * Sends `question` to `/v3/METHOD`, and to one member after another until one answers.
   *
   * @throws ConfigAccessError when none does before `deadline`, when all refuse the connection, or when the engine says no.
   */
  async call(method: string, question: object, deadline: number): Promise<EtcdReply> {
    const failures = new Map<number, Failure>();
    let isUnsure = false;
    let pause = SHORTEST_PAUSE;
    let renewals = 0;
    const patience = Math.min(PATIENCE, this.#timeout / this.#place.hosts.length);
    for (let count = 1; ; count++) {
      const left = deadline - performance.now();
      if (left <= 0) throw this.#giveUp([...failures.values()]);
      const at = this.#current;
      const body = await this.#try(method, question, at, Math.min(left, patience));
      if (!isFailure(body)) return { body, isUnsure };
      if (body.kind === 'final') throw this.#refuse(body);
      failures.set(at, body);
      if (body.kind === 'stale token') {
        this.#token = undefined;
        if (++renewals > 2) throw this.#refuse(body);
        continue;
      }
      isUnsure ||= body.kind === 'lost';
      this.#current = (at + 1) % this.#place.hosts.length;
      if (count % this.#place.hosts.length !== 0) continue;
      const all = [...failures.values()];
      if (all.every(({ kind }) => kind === 'refused')) throw this.#giveUp(all);
      await sleep(Math.min(pause * (0.5 + Math.random() / 2), Math.max(0, deadline - performance.now())));
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
  }

  /** The answer of one member, or why there is none. */
  async #try(method: string, question: object, at: number, patience: number): Promise<unknown> {
    const host = this.#place.hosts[at];
    if (host === undefined) throw new RangeError('no such member');
    const { user } = this.#place;
    try {
      let token: string | undefined;
      if (user !== undefined) {
        this.#token ??= this.#authenticate(host, patience);
        token = await this.#token;
      }
      return this.#checkCluster(host, await this.#send(host, method, question, patience, token));
    } catch (error) {
      if (isFailure(error)) return error;
      throw error;
    }
  }

  async #authenticate(host: EtcdHost, patience: number): Promise<string> {
    const { name, password } = this.#place.user ?? { name: '', password: '' };
    try {
      const reply = await this.#send(host, 'auth/authenticate', { name, password }, patience, undefined);
      return (reply as { token?: string }).token ?? '';
    } catch (error) {
      this.#token = undefined;
      // Nothing was written by it.
      throw isFailure(error) && error.kind === 'lost' ? { ...error, kind: 'silent' } : error;
    }
  }

  /** Members of two clusters would give one name two ports. */
  #checkCluster(host: EtcdHost, body: unknown): unknown {
    const { cluster_id: cluster } = (body as { header?: { cluster_id?: string } }).header ?? {};
    this.#cluster ??= cluster;
    if (cluster === undefined || cluster === this.#cluster) return body;
    const text = `${toAuthority(host.host, host.port)} is a member of another cluster`;
    return { kind: 'final', code: 'EINVAL', text } satisfies Failure;
  }

  #send(
    host: EtcdHost,
    method: string,
    question: object,
    patience: number,
    token?: string,
  ): Promise<unknown> {
    const text = JSON.stringify(question);
    const secured = this.#place.tls === undefined ? 'connect' : 'secureConnect';
    return new Promise((resolve, reject) => {
      let wasSent = false;
      const fail = (kind: Failure['kind'], code: string, why: string) => {
        clearTimeout(timer);
        reject({ kind, code, text: `${toAuthority(host.host, host.port)}: ${why}` } satisfies Failure);
        request.destroy();
      };
      const request = this.#request(host, method, token);
      const timer = setTimeout(() => {
        fail(wasSent ? 'lost' : 'silent', 'ETIMEDOUT', `no answer in ${Math.ceil(patience)} ms`);
      }, patience);
      request.on('socket', (socket) => {
        if (socket.connecting) socket.once(secured, () => (wasSent = true));
        else wasSent = true;
      });
      request.on('error', (error: NodeJS.ErrnoException) =>
        fail(wasSent ? 'lost' : 'refused', error.code ?? 'EIO', error.message),
      );
      request.on('response', (response) => {
        readAll(response).then(
          (reply) => {
            clearTimeout(timer);
            const body = understand(response.statusCode ?? 0, reply);
            if (isFailure(body)) fail(body.kind, body.code, body.text);
            else resolve(body);
          },
          (error: NodeJS.ErrnoException) => fail('lost', error.code ?? 'ECONNRESET', error.message),
        );
      });
      request.end(text);
    });
  }

  #request({ host, port }: EtcdHost, method: string, token: string | undefined): ClientRequest {
    const { tls } = this.#place;
    const http = (
      tls === undefined ? require('node:http') : require('node:https')
    ) as typeof import('node:https');
    // Idle connections of an agent keep no process alive.
    this.#agent ??= new http.Agent({ keepAlive: true, ...this.#tlsOptions() });
    return http.request({
      host,
      port,
      agent: this.#agent,
      method: 'POST',
      path: `/v3/${method}`,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: token }),
      },
      ...(tls === undefined || isIP(host) !== 0 ? {} : { servername: host }),
    });
  }

  #tlsOptions(): Record<string, Buffer> {
    const files = Object.entries(this.#place.tls ?? {});
    return Object.fromEntries(files.map(([name, file]) => [name, this.#readFile(file)]));
  }

  #readFile(file: string): Buffer {
    try {
      return readFileSync(file);
    } catch (error) {
      const { code = 'EIO', message } = error as NodeJS.ErrnoException;
      throw new ConfigAccessError(this.#place.label, code, `cannot reach ${this.#place.label}: ${message}`);
    }
  }

  #refuse({ code, text }: Failure): ConfigAccessError {
    const way = /not enabled/.test(text)
      ? ': name no user (in the URL, or by ETCDCTL_USER)'
      : code === 'EACCES'
        ? ': name a user and a password (ETCDCTL_USER=NAME:PASSWORD) that may'
        : '';
    return new ConfigAccessError(this.#place.label, code, `cannot use ${this.#place.label}: ${text}${way}`);
  }

  #giveUp(failures: readonly Failure[]): ConfigAccessError {
    const { label } = this.#place;
    const isRefused = failures.every(({ kind }) => kind === 'refused');
    const code = isRefused ? (failures[0]?.code ?? 'ETIMEDOUT') : 'ETIMEDOUT';
    const which = isRefused ? '' : ` for ${this.#timeout / 1000} s`;
    const tried = failures.map(({ text }) => text).join('; ') || 'no time was left';
    const isTls = failures.some((failure) => TLS_TROUBLE.test(failure.code));
    const way = isTls
      ? 'etcds:// needs members that speak TLS, with a certificate of the authority in ?ca=FILE'
      : 'is a majority of the cluster running?';
    return new ConfigAccessError(label, code, `cannot reach ${label}${which}: ${tried}: ${way}`);
  }
}

function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'kind' in value && 'text' in value;
}

async function readAll(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}

/** Codes of a handshake that failed: OpenSSL's, and Node's of certificates. */
const TLS_TROUBLE = /^ERR_(?:SSL|TLS)|^EPROTO$|CERT|SIGNATURE/;

/** The answer, or what the engine says against it. */
function understand(status: number, text: string): unknown {
  let body: { code?: number; error?: string; message?: string };
  try {
    body = JSON.parse(text);
  } catch {
    const why = `status ${status} is no answer of etcd's JSON gateway (/v3 of etcd 3.4 and later)`;
    return { kind: status >= 500 ? 'lost' : 'final', code: 'EPROTO', text: why } satisfies Failure;
  }
  if (status === 200) return body;
  const why = body.message ?? body.error ?? `status ${status}`;
  if (body.code === UNAUTHENTICATED || /invalid auth token/.test(why)) {
    return { kind: 'stale token', code: 'EACCES', text: why } satisfies Failure;
  }
  if (
    body.code === UNAVAILABLE ||
    body.code === DEADLINE_EXCEEDED ||
    /timed out|no leader|leader changed/.test(why)
  ) {
    return { kind: 'lost', code: 'ETIMEDOUT', text: why } satisfies Failure;
  }
  const isAccess = body.code === PERMISSION_DENIED || /user|password|authenticat/.test(why);
  return { kind: 'final', code: isAccess ? 'EACCES' : 'EIO', text: why } satisfies Failure;
}
