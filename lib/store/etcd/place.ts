import { invalidValue, show } from '../../arguments/invalid-argument';
import { toAuthority } from '../../host/authority';

/** A member of the cluster. */
export interface EtcdHost {
  readonly host: string;
  readonly port: number;
}

/** Where an etcd cluster is, which of its keys are ours, and who we are there. */
export interface EtcdPlace {
  /** The URL without user, password and query, as errors show it. */
  readonly label: string;
  readonly hosts: readonly EtcdHost[];
  /** What our keys begin with, without a slash at its end. */
  readonly prefix: string;
  readonly user?: { readonly name: string; readonly password: string } | undefined;
  /** The files of a TLS connection; undefined for plain HTTP. */
  readonly tls?: Readonly<Partial<Record<TlsFile, string>>> | undefined;
}

/** What etcdctl calls them too: of the authority, of our certificate and of its key. */
export type TlsFile = 'ca' | 'cert' | 'key';

const DEFAULT_PORT = 2379;
const DEFAULT_PREFIX = '/port-for';

const URL_FORM = /^(etcds?):\/\/(?:([^@/?#]*)@)?([^@/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/i;
const HOST_FORM = /^(\[[\da-f:.]+\]|[^[\]:\s]+)(?::(\d+))?$/i;

/**
 * Reads `etcd://USER:PASSWORD@HOST:PORT,HOST:PORT/PREFIX`, or `etcds://` for TLS with `?ca=FILE&cert=FILE&key=FILE`. What
 * the URL leaves out is taken from the variables of etcdctl: `ETCDCTL_USER`, `ETCDCTL_PASSWORD`, `ETCDCTL_CACERT`,
 * `ETCDCTL_CERT` and `ETCDCTL_KEY`.
 *
 * @throws RangeError that says what is off, and never shows a password.
 */
export function readPlace(url: string, environment: NodeJS.ProcessEnv = process.env): EtcdPlace {
  const [, scheme = '', userinfo, authority = '', path = '', query = ''] = URL_FORM.exec(url) ?? [];
  if (scheme === '') throw invalidValue(`${describe(url)} is no store: expected etcd://HOST:2379/PREFIX`);
  if (authority === '')
    throw invalidValue(`${describe(url)} names no host: expected ${scheme}://HOST:2379/PREFIX`);
  const hosts = authority.split(',').map((text) => readHost(text, authority));
  const prefix = decode(path).replace(/\/+$/, '') || DEFAULT_PREFIX;
  const isTls = scheme.toLowerCase() === 'etcds';
  const shown = hosts.map(({ host, port }) => toAuthority(host, port)).join(',');
  return {
    label: `${scheme.toLowerCase()}://${shown}${prefix}`,
    hosts,
    prefix,
    user: readUser(userinfo, environment),
    tls: readTls(query, isTls, environment),
  };
}

/** A URL in an error, without what may be a password. */
function describe(url: string): string {
  return show(url.replace(/\/\/.*@/, '//').replace(/[?#].*$/s, ''));
}

function readHost(text: string, authority: string): EtcdHost {
  const [, host = '', digits = `${DEFAULT_PORT}`] = HOST_FORM.exec(text) ?? [];
  const port = Number(digits);
  if (host !== '' && port >= 1 && port <= 65_535) return { host: host.replace(/^\[|\]$/g, ''), port };
  throw invalidValue(
    `${show(text)} in ${show(authority)} is no member of a cluster: expected HOST:PORT, several with commas`,
  );
}

function readUser(userinfo: string | undefined, environment: NodeJS.ProcessEnv): EtcdPlace['user'] {
  const text = userinfo ?? environment.ETCDCTL_USER ?? '';
  const [, left = '', right] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  const isOfUrl = userinfo !== undefined;
  const name = isOfUrl ? decode(left) : left;
  if (name === '') return undefined;
  const password =
    right === undefined ? (environment.ETCDCTL_PASSWORD ?? '') : isOfUrl ? decode(right) : right;
  return { name, password };
}

const TLS_VARIABLES: Readonly<Record<TlsFile, string>> = {
  ca: 'ETCDCTL_CACERT',
  cert: 'ETCDCTL_CERT',
  key: 'ETCDCTL_KEY',
};

function readTls(query: string, isTls: boolean, environment: NodeJS.ProcessEnv): EtcdPlace['tls'] {
  const given = new URLSearchParams(query);
  for (const name of given.keys()) {
    if (!isTls || !(name in TLS_VARIABLES)) {
      throw invalidValue(`${show(name)} in the URL of a store is unknown: etcds:// takes ca, cert and key`);
    }
  }
  if (!isTls) return undefined;
  const fileOf = (name: TlsFile) => given.get(name) ?? environment[TLS_VARIABLES[name]] ?? '';
  const files = (['ca', 'cert', 'key'] as const).map((name) => [name, fileOf(name)] as const);
  return Object.fromEntries(files.filter(([, file]) => file !== ''));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidValue('the URL of the store has a "%" in it that begins no escape: write it as %25');
  }
}
