import { resolve } from 'node:path';
import { toAccessError } from '../../store/access-error';
import { updateFile } from '../../store/update-file';
import { mergeVariables } from '../env-text';
import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall } from '../options';
import { checkVariables, explainVariables, variableOf } from '../port-variables';
import { print } from '../print';
import { warn } from '../warn';
import { bindNames } from './bind';
import { namesOf, openStore } from './open-store';

const LOCK_TIMEOUT = 30_000;

/**
 * `port-for --env NAME...`: prints the ports as lines `WEB_PORT=29952`, with `--export` for the `eval` of a shell, with
 * `--json` as one object; or puts them into the file that `--env-file` names.
 */
export async function env({ values, words }: PortForCall): Promise<ExitCode> {
  const store = openStore(values);
  const names = namesOf(words, store);
  checkVariables(names);
  for (const line of explainVariables(names)) warn(line);
  const ports = await bindNames(store, names, values);
  const variables = new Map(ports.map(({ name, port }) => [variableOf(name), `${port}`]));
  const file = values['env-file'];
  if (file !== undefined) await writeInto(file, variables);
  else if (values.json)
    print(JSON.stringify(Object.fromEntries(ports.map(({ name, port }) => [variableOf(name), port]))));
  else print(...Array.from(variables, ([key, value]) => `${values.export ? 'export ' : ''}${key}=${value}`));
  return EXIT.done;
}

/** The file is replaced whole or not at all, by one writer at a time, and not at all where nothing changes. */
async function writeInto(file: string, variables: ReadonlyMap<string, string>): Promise<void> {
  const path = resolve(file);
  try {
    await updateFile(path, LOCK_TIMEOUT, (content) => {
      const before = content.toString('latin1');
      const after = mergeVariables(before, variables);
      return after === before
        ? { result: undefined }
        : { result: undefined, content: Buffer.from(after, 'latin1') };
    });
  } catch (error) {
    throw toAccessError(error, path, 'write');
  }
}
