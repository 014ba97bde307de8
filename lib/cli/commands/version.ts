import { EXIT, type ExitCode } from '../exit-code';
import { print } from '../print';
import { version } from '../version';

export function printVersion(): ExitCode {
  print(version());
  return EXIT.done;
}
