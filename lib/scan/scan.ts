import { addon } from '../addon/addon';
import type { ScanBits } from '../addon/contract';
import { addresses, addressesSync, checkLocal } from '../host/addresses';
import { HostError } from '../host/errors';
import { noTable } from '../machine/used-ports';
import { ownBits, PortSet } from '../ports/port-set';
import type { PortSpec } from '../ports/port-spec';
import { untilAborted } from '../timing/abort';
import { checkScan, checkWatch, SCAN_SYNC_OPTIONS, type ScanOptions, type ScanSyncOptions } from './options';
import { planScan, type ScanStep } from './plan';
import { runStep } from './step';

export type { ScanMethod, ScanOptions, ScanProgress, ScanSyncOptions } from './options';

/** Every port of a scan is in exactly one of the first four sets. */
export interface ScanResult {
  /** Could be bound, or refused the connection, at every address. */
  readonly free: PortSet;
  /** Could not be bound, or accepted a connection, at one address at least. */
  readonly used: PortSet;
  /** This process may not probe it: a privileged port (EACCES), a firewall rule (EPERM). */
  readonly denied: PortSet;
  /** Did not answer in time, though probed at least twice, or could not be reached. */
  readonly filtered: PortSet;
  /** The filtered ports of which the network says that they cannot be reached (EHOSTUNREACH, ENETUNREACH). */
  readonly unreachable: PortSet;
  /** Set where the scan was aborted before its end (`keepPartial`): ports that were not reached are in no set. */
  readonly isPartial?: true;
}

/**
 * Probes every port of `ports`. Accepted connections are closed as a client closes them, with a FIN. The scan then waits
 * up to 100 ms for servers to close their ends, and keeps reading what they send for five seconds after its result. This
 * leaves a TIME_WAIT at the ephemeral port of this end, which `reset` avoids.
 *
 * Ports that give no answer within `timeout` are retried last, so that a lost packet does not turn an open port into a
 * filtered one. If a retry gets answers, rounds continue until two in a row get none; eight at most. A scan of another
 * machine begins with 64 connections at a time and opens more as answers come, up to `concurrency`.
 *
 * @param ports the ports to probe
 * @param options where and how to probe, and what ends the scan
 * @throws HostError if `host` does not resolve, if `method` needs an address of this machine, or if the scan depends on
 *   loopback connections and none works. PortSystemError if the kernel refuses to go on, for instance because no
 *   descriptor is left: a scan is whole or an error.
 */
export async function scan(ports: PortSpec, options: ScanOptions = {}): Promise<ScanResult> {
  const wish = checkScan(ports, options);
  checkWatch(options);
  const { signal, onProgress, keepPartial = false } = options;
  signal?.throwIfAborted();
  const steps = planScan(wish, await untilAborted(addresses(wish.host), signal));
  const { size } = wish.ports;
  const total = steps.length * size;
  const findings = new Findings(wish.ports);
  for (const [index, step] of steps.entries()) {
    const report = (done: number, asked: number) =>
      onProgress?.({ done: index * size + done, total, asked: index * size + asked });
    const request = { ...step, ports: ownBits(findings.unsettled()) };
    findings.add(step, await runStep(request, signal, report, keepPartial));
    if (signal?.aborted) return { ...findings.partialResult(), isPartial: true };
  }
  const result = findings.result();
  onProgress?.({ done: total, total, asked: total });
  return result;
}

/**
 * The synchronous form of {@link scan}, for this machine alone. `host` must be an IP address or `localhost`. Blocks the
 * event loop for some microseconds a port. If a bind finds ports used, these are probed again after 10 ms, and after up to
 * 70 ms if other processes are probing too.
 * @param ports the ports to probe
 * @param options where and how to probe
 */
export function scanSync(ports: PortSpec, options: ScanSyncOptions = {}): ScanResult {
  const wish = checkScan(ports, options, SCAN_SYNC_OPTIONS);
  const hosts = addressesSync(wish.host);
  checkLocal(wish.host, hosts);
  const findings = new Findings(wish.ports);
  for (const step of planScan(wish, hosts)) {
    const request = { ...step, ports: ownBits(findings.unsettled()) };
    findings.add(step, addon.scanSync(request));
  }
  return findings.result();
}

function noLoopback(): HostError {
  return new HostError(
    'localhost',
    'no connection of this machine to itself works: is its loopback interface up?',
  );
}

/** What the steps of a scan found. One address where a port is used is enough, whatever the others said. */
class Findings {
  /** What every step called free; undefined before the first answer. */
  #free: PortSet | undefined;
  #used = new PortSet();
  #denied = new PortSet();
  #filtered = new PortSet();
  #unreachable = new PortSet();

  constructor(readonly ports: PortSet) {}

  /** Takes in what a step found: nothing, where a loopback address is left out. */
  add(step: ScanStep, bits: ScanBits | undefined): void {
    if (bits === undefined && step.method === 'table') throw noTable();
    if (bits === undefined) return;
    const free = PortSet.fromBits(bits.free);
    this.#free = this.#free?.intersection(free) ?? free;
    this.#used = this.#used.union(PortSet.fromBits(bits.used));
    this.#denied = this.#denied.union(PortSet.fromBits(bits.denied));
    this.#filtered = this.#filtered.union(PortSet.fromBits(bits.filtered));
    this.#unreachable = this.#unreachable.union(PortSet.fromBits(bits.unreachable));
  }

  /** The ports that a further step could still find used. */
  unsettled(): PortSet {
    return this.ports.difference(this.#used);
  }

  /** @throws HostError when every step left its address out. */
  result(): ScanResult {
    if (this.#free === undefined) throw noLoopback();
    return this.partialResult();
  }

  /** What is known before the last step has ended. */
  partialResult(): ScanResult {
    const denied = this.#denied.difference(this.#used);
    const filtered = this.#filtered.difference(this.#used).difference(denied);
    const unreachable = this.#unreachable.intersection(filtered);
    return { free: this.#free ?? new PortSet(), used: this.#used, denied, filtered, unreachable };
  }
}
