import { EXIT, type ExitCode } from '../exit-code';
import { print } from '../print';
import { helpText } from '../table/help';
import type { Options, Table } from '../table/table';

/** `--help`: an overview, or all about the mode among the options that were given. */
export function printHelp<O extends Options>(table: Table<O>, given: readonly string[]): ExitCode {
  print(helpText(table, given));
  return EXIT.done;
}
