import { addresses, addressesSync, checkLocal } from './host';
import { awaitAddon, callAddon, type ScanBits, type ScanRequest } from './native';
import { PortSet } from './port-set';
import type { PortSpec } from './port-spec';
import { planScan, type ScanPlan, type ScanSyncOptions } from './scan-plan';
import { usedPorts } from './used-ports';

export type { ScanMethod, ScanSyncOptions } from './scan-plan';

export interface ScanOptions extends ScanSyncOptions {
  /** Ends the scan: its promise rejects with the signal's reason, its sockets are closed within 100 ms. */
  signal?: AbortSignal | undefined;
  /** Called some ten times a second while the scan is under way, and when it is done. */
  onProgress?: ((progress: ScanProgress) => void) | undefined;
}

/** How many probes of how many are done; a port can take several, one for each method and address. */
export interface ScanProgress {
  readonly done: number;
  readonly total: number;
}

/** Every port of a scan is in exactly one of these sets. */
export interface ScanResult {
  /** Could be bound, or refused the connection, at every address asked. */
  readonly free: PortSet;
  /** Could not be bound, or accepted a connection, at one address at least. */
  readonly used: PortSet;
  /** This process may not ask: a privileged port (EACCES), a firewall's rule (EPERM). */
  readonly denied: PortSet;
  /** Gave no answer in time, or could not be reached. */
  readonly filtered: PortSet;
}

const PROGRESS_INTERVAL = 100;

/**
 * Asks for every port of `ports`. Nothing is left behind: connections are reset, no port stays in TIME_WAIT.
 *
 * @throws HostError when `host` does not resolve, or `method` needs an address of this machine. PortSystemError when
 * the kernel refuses to go on, as when no descriptor is left: a scan is whole or an error.
 */
export async function scan(ports: PortSpec, options: ScanOptions = {}): Promise<ScanResult> {
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  const plan = planScan(ports, options, await addresses(options.host));
  signal?.throwIfAborted();
  if (plan.method === 'table') return scanTable(plan);
  const findings = new Findings(plan.ports);
  const total = plan.steps.length * plan.ports.size;
  for (const [index, step] of plan.steps.entries()) {
    const before = index * plan.ports.size;
    const report = (done: number) => onProgress?.({ done: before + done, total });
    findings.add(await runStep({ ...step, ports: findings.unsettled().bits }, signal, report));
    report(plan.ports.size);
  }
  return findings.result();
}

/** {@link scan} at once, of this machine alone. `host` must be an IP address or `localhost`. */
export function scanSync(ports: PortSpec, options: ScanSyncOptions = {}): ScanResult {
  const hosts = addressesSync(options.host);
  checkLocal(options.host, hosts);
  const plan = planScan(ports, options, hosts);
  if (plan.method === 'table') return scanTable(plan);
  const findings = new Findings(plan.ports);
  for (const step of plan.steps) {
    const request = { ...step, ports: findings.unsettled().bits };
    findings.add(callAddon((addon) => addon.scanSync(request)));
  }
  return findings.result();
}

/** Runs one step on the addon's threads, with its progress reported and the signal heeded. */
function runStep(
  request: ScanRequest,
  signal: AbortSignal | undefined,
  report: (done: number) => void,
): Promise<ScanBits> {
  return awaitAddon((addon) => {
    const job = addon.scan(request);
    return new Promise<ScanBits>((resolve, reject) => {
      const timer = setInterval(() => report(job.done()), PROGRESS_INTERVAL);
      const abort = () => {
        job.cancel();
        finish();
        reject(signal?.reason);
      };
      const finish = () => {
        clearInterval(timer);
        signal?.removeEventListener('abort', abort);
      };
      signal?.addEventListener('abort', abort, { once: true });
      job.result.finally(finish).then(resolve, reject);
    });
  });
}

function scanTable({ ports, transport }: ScanPlan): ScanResult {
  const used = usedPorts({ transport }).intersection(ports);
  return { free: ports.difference(used), used, denied: new PortSet(), filtered: new PortSet() };
}

/** What the steps of a scan found. One address where a port is used is enough, whatever the others said. */
class Findings {
  #used = new PortSet();
  #denied = new PortSet();
  #filtered = new PortSet();

  constructor(readonly ports: PortSet) {}

  add(bits: ScanBits): void {
    this.#used = this.#used.union(PortSet.fromBits(bits.used));
    this.#denied = this.#denied.union(PortSet.fromBits(bits.denied));
    this.#filtered = this.#filtered.union(PortSet.fromBits(bits.filtered));
  }

  /** The ports that a further step could still find used. */
  unsettled(): PortSet {
    return this.ports.difference(this.#used);
  }

  result(): ScanResult {
    const used = this.#used;
    const denied = this.#denied.difference(used);
    const filtered = this.#filtered.difference(used).difference(denied);
    return { free: this.unsettled().difference(denied).difference(filtered), used, denied, filtered };
  }
}
