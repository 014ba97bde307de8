import { EXIT, type ExitCode } from '../exit-code';
import { print } from '../print';

/** Fits a terminal of 80 columns and 24 lines. */
const HELP = `port-for prints the port of a name: a good, unused one, the same one for ever.

  port-for NAME              print the port of NAME; on first use pick it
  port-for NAME --port N     associate NAME with port N
  port-for --bind NAME       the same as port-for NAME
  port-for --unbind NAME     forget NAME
  port-for --list            print all associations, one "name: port" a line

Options:
  --config FILE   keep the associations in FILE
  --user          keep them in your own ~/.config/port-for.conf
  --json          print JSON
  --version       print the version
  -h, --help      print this

Examples:
  node server.js --port "$(port-for my-app)"
  port-for --user redis --port 6390
  sudo port-for --unbind my-app

Unless told otherwise by an option or by PORT_FOR_CONFIG, the file is
/etc/port-for.conf. Exit codes: 0 done, 1 failed, 2 wrong words.`;

export function help(): ExitCode {
  print(HELP);
  return EXIT.done;
}
