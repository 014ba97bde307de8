import { HostError, invalidValue, show } from './errors';
import { areLocal, checkLocal, clientAddresses, type Host } from './host';
import { toCandidates } from './judged-pick';
import type { ScanRequest, Transport } from './native';
import { checkOptions, checkTransport, checkWholeNumber } from './options';
import type { PortSet } from './port-set';
import type { PortSpec } from './port-spec';

/**
 * How a scan asks: by binding, by connecting, by both as a pick does, or by one look into the socket table, which
 * tells ports whatever their address is.
 */
export type ScanMethod = 'bind' | 'connect' | 'both' | 'table';

export interface ScanSyncOptions {
  /** Without, this machine: every local address to bind at, the loopback addresses to connect to. */
  host?: Host | undefined;
  /** `'both'` on this machine, `'connect'` on others, where nothing else can be asked; for UDP `'bind'`. */
  method?: ScanMethod | undefined;
  /** `'udp'` ports can be asked by `'bind'` and `'table'`. `'tcp'` if nothing is said. */
  transport?: Transport | undefined;
  /** Milliseconds that one connection may take, 1 to 2147483647; 1,000 if nothing is said. */
  timeout?: number | undefined;
  /** Connections under way at most, fitted to the limit of open files by itself; 1,024 if nothing is said. */
  concurrency?: number | undefined;
}

/** One call of the addon; which ports it asks is known when the steps before it are done. */
export type ScanStep = Omit<ScanRequest, 'ports'>;

export interface ScanPlan {
  readonly ports: PortSet;
  readonly method: ScanMethod;
  readonly transport: Transport;
  /** Each asks for the ports that the ones before did not find used. None for `'table'`. */
  readonly steps: readonly ScanStep[];
}

const METHODS: Record<Transport, readonly ScanMethod[]> = {
  tcp: ['both', 'bind', 'connect', 'table'],
  udp: ['bind', 'table'],
};

const MAX_TIMEOUT = 2 ** 31 - 1;

/** What to ask the addon, in turn; `addresses` are those of `options.host`. */
export function planScan(spec: PortSpec, options: ScanSyncOptions, addresses: readonly string[]): ScanPlan {
  const { transport = 'tcp', timeout = 1000, concurrency = 1024 } = checkOptions(options);
  const ports = toCandidates(spec, 'ports');
  const methods = METHODS[checkTransport(transport)];
  const isLocal = areLocal(addresses);
  const method = options.method ?? (isLocal || transport === 'udp' ? methods[0] : 'connect');
  if (method === undefined || !methods.includes(method)) {
    throw invalidValue(`method for ${transport} must be one of ${methods.join(', ')}, not ${show(method)}`);
  }
  if (method !== 'connect') checkLocal(options.host, addresses);

  const common = {
    transports: [transport],
    timeout: checkWholeNumber(timeout, 'timeout', 1, MAX_TIMEOUT),
    concurrency: checkWholeNumber(concurrency, 'concurrency', 1, 65535),
  };
  const steps: ScanStep[] = [];
  if (method === 'bind' || method === 'both') steps.push({ ...common, method: 'bind', hosts: addresses });
  if (method === 'connect' || method === 'both') {
    for (const address of clientAddresses(addresses)) {
      steps.push({ ...common, method: 'connect', hosts: [address] });
    }
  }
  if (method === 'connect' && steps.length === 0) {
    throw new HostError(
      'localhost',
      'no connection of this machine to itself works: is its loopback interface up?',
    );
  }
  return { ports, method, transport, steps };
}
