import { whoHas } from '../../who/who-has';
import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall } from '../options';
import { print } from '../print';
import { describeUse } from '../seeing/use-text';
import { wantedPorts } from '../seeing/wanted-ports';

/** `port-for --who PORT...`: who has each of some ports. Exit code 3 where nobody has any of them. */
export async function who({ values, words }: PortForCall): Promise<ExitCode> {
  const ports = await wantedPorts(words, values);
  const uses = await whoHas(ports, { config: values.config });
  if (values.json) print(JSON.stringify(uses));
  else {
    const unused = ports.difference(uses.map(({ port }) => port));
    print(...uses.flatMap(describeUse));
    if (unused.size > 0) print(`nobody has port${unused.size === 1 ? '' : 's'} ${unused}`);
  }
  return uses.length === 0 ? EXIT.nobody : EXIT.done;
}
