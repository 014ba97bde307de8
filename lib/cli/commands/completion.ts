import { show } from '../../arguments/invalid-argument';
import { didYouMean } from '../../arguments/nearest';
import { EXIT, type ExitCode } from '../exit-code';
import { print } from '../print';
import { completionScript, SHELLS } from '../table/completion';
import type { Options, Table } from '../table/table';
import { UsageError } from '../usage-error';

/** `--completion SHELL`: prints a script that teaches the shell the words of two commands. */
export function printCompletion<A extends Options, B extends Options>(
  shell: string,
  one: Table<A>,
  other: Table<B>,
): ExitCode {
  const known = SHELLS.find((name) => name === shell);
  if (known === undefined) {
    const meant = didYouMean(shell, SHELLS) || `: expected ${SHELLS.join(', ')}`;
    throw new UsageError(`unknown shell ${show(shell)}${meant}`);
  }
  print(completionScript(one, known), completionScript(other, known));
  return EXIT.done;
}
