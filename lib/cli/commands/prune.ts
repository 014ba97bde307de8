import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall } from '../options';
import { plain } from '../plain';
import { print } from '../print';
import { openStore } from './open-store';

/** `port-for --prune`: forgets the names of checkouts whose folder is gone, and prints them. */
export async function prune({ values }: PortForCall): Promise<ExitCode> {
  const gone = await openStore(values).prune({ dryRun: values['dry-run'] });
  if (values.json) print(JSON.stringify(gone));
  else print(...gone.map(({ name, port, folder }) => plain(`${name}: ${port} of ${folder}`)));
  return EXIT.done;
}
