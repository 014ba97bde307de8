import { explainPort, type PortExplanation } from '../../explain/explain-port';
import type { PortRule } from '../../explain/rule';
import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall } from '../options';
import { print } from '../print';
import { wantedPort } from '../seeing/wanted-ports';
import { moment, shortPath } from '../seeing/words';

/** `port-for --explain PORT`: whether a port is good and free, and every rule that says otherwise. */
export async function explain({ values, words: [word = ''] }: PortForCall): Promise<ExitCode> {
  const explanation = await explainPort(await wantedPort(word, values), {
    transport: values.udp ? 'udp' : 'tcp',
    config: values.config,
  });
  if (values.json) print(JSON.stringify(explanation));
  else print(...describe(explanation));
  return EXIT.done;
}

function describe({ verdict, rules, nearest, isGood, isFree }: PortExplanation): string[] {
  const others =
    nearest.length === 0 || (isGood && isFree) ? [] : [`nearest good ports: ${nearest.join(', ')}`];
  return [verdict, ...rules.map(describeRule), ...others];
}

function describeRule({ rule, reason, detail, source, until }: PortRule): string {
  const more = [detail, until && `until ${moment(until)} at the latest`].filter((word) => word !== undefined);
  const text = more.length === 0 ? reason : `${reason}: ${more.join('; ')}`;
  return `  ${rule.padEnd(16)}  ${text} [${shortPath(source)}]`;
}
