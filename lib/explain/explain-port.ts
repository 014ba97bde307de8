import { checkOptions, type OptionNames } from '../arguments/options';
import { usedPorts } from '../machine/used-ports';
import { checkPort, MAX_PORT } from '../ports/port';
import type { PortSet } from '../ports/port-set';
import { checkTransport, type Transport } from '../ports/transport';
import { availableGoodPorts } from '../registry/good-ports';
import { scan } from '../scan/scan';
import { portNames } from '../who/port-names';
import type { PortUse } from '../who/port-use';
import { whoHas } from '../who/who-has';
import { kernelRules } from './kernel-rules';
import { registryRules } from './registry-rules';
import type { PortRule } from './rule';
import { runRules } from './run-rules';
import { nameRules, REDIRECTED, useRules } from './use-rules';

/** What to explain. */
export interface ExplainOptions {
  /** Whose port it is; TCP's by default. */
  readonly transport?: Transport | undefined;
  /** The config file whose names count; by default those that apply to this user. */
  readonly config?: string | undefined;
}

const EXPLAIN_OPTIONS: OptionNames<ExplainOptions> = { transport: true, config: true };

/** Why a port is a good one or not, and whether it is free. */
export interface PortExplanation {
  /** The port. */
  readonly port: number;
  /** Its transport. */
  readonly transport: Transport;
  /** Whether a pick could give it, were it free. */
  readonly isGood: boolean;
  /** Whether nobody uses it now. */
  readonly isFree: boolean;
  /** All in one sentence: `'6379/tcp is not good: IANA assigns it to redis; redis-server (812) uses it on ::'`. */
  readonly verdict: string;
  /** All that speaks against it, each with its source: what it is for first, then what holds it now. */
  readonly rules: readonly PortRule[];
  /** Who uses it, as {@link whoHas} tells. */
  readonly use?: PortUse;
  /** The nearest good ports that are free and belong to no name, the nearest first; five at the most. */
  readonly nearest: readonly number[];
}

/**
 * Tells why a port is good or not: every rule that applies, with its source. Judges as a pick does: the registry, the
 * kernel's settings, the run that the port lies in, names, and who uses it now.
 *
 * @param port 1 to 65535
 * @param options the transport; TCP by default
 * @throws TypeError or RangeError for invalid arguments
 */
export async function explainPort(port: number, options: ExplainOptions = {}): Promise<PortExplanation> {
  const { transport = 'tcp', config } = checkOptions(options, EXPLAIN_OPTIONS);
  checkPort(port);
  checkTransport(transport);
  const names = portNames(config);
  const [use] = await whoHas(port, { transport, config });
  const good = availableGoodPorts({ transport });
  const isGood = good.has(port);
  const standing = [
    ...registryRules(port, transport),
    ...kernelRules(port, transport),
    ...runRules(port, transport),
  ];
  const current = use === undefined ? await hiddenUse(port, transport) : useRules(use);
  const named = nameRules(names.get(port) ?? []);
  return {
    port,
    transport,
    isGood,
    isFree: current.length === 0,
    verdict: verdict(`${port}/${transport}`, standing, current, named),
    rules: [...standing, ...current, ...named],
    ...(use === undefined ? {} : { use }),
    nearest: nearest(port, good.difference(usedPorts({ transport })).difference([...names.keys()])),
  };
}

/**
 * What answers at a port that no socket has. A UDP port answers to nobody, so that only its table tells; a port that
 * this process may not bind is judged by connections.
 */
async function hiddenUse(port: number, transport: Transport): Promise<PortRule[]> {
  if (transport === 'udp') return [];
  const judged = await scan(port);
  const { free } = judged.denied.has(port) ? await scan(port, { method: 'connect' }) : judged;
  return free.has(port) ? [] : [REDIRECTED];
}

/** The sentence: of the standing rules the two that weigh most, then what holds the port now. */
function verdict(
  port: string,
  standing: readonly PortRule[],
  current: readonly PortRule[],
  named: readonly PortRule[],
): string {
  const now = [...current, ...named].map(({ reason }) => reason);
  const [first] = standing;
  if (first !== undefined) {
    const second = standing.find(({ rule }) => rule !== first.rule);
    const why = second === undefined ? first.reason : `${first.reason}, and ${second.reason}`;
    return [`${port} is not good: ${why}`, ...now].join('; ');
  }
  return now.length === 0 ? `${port} is good and free` : `${port} is good, but ${now.join('; ')}`;
}

const MOST_NEAREST = 5;

function nearest(port: number, candidates: PortSet): number[] {
  const found: number[] = [];
  for (let distance = 0; distance <= MAX_PORT && found.length < MOST_NEAREST; distance++) {
    const neighbours = distance === 0 ? [port] : [port + distance, port - distance];
    found.push(...neighbours.filter((neighbour) => candidates.has(neighbour)));
  }
  return found.slice(0, MOST_NEAREST);
}
