import { EXIT, type ExitCode } from '../exit-code';
import { print } from '../print';

/** Fits a terminal of 80 columns and 24 lines. */
const HELP = `port-for prints the port of a name: a good, unused one, the same one for ever.

  port-for NAME [--port N]    the port of NAME; on first use pick it, or take N
  port-for --bind NAME        the same as port-for NAME
  port-for --unbind NAME      forget NAME
  port-for --list             all associations, one "name: port" a line
  port-for --run NAME... -- COMMAND   run COMMAND with the ports held, as PORT,
                              NAME_PORT and {NAME} in its words
  port-for --temp [COUNT]     ports of no name; --temp [COUNT] --run -- COMMAND
  port-for --scan [PORTS] [--host HOST] [--method bind|connect|both|table]

Options:
  --config FILE   keep the associations in FILE, not in /etc/port-for.conf
  --user          keep them in your own ~/.config/port-for.conf
  --json          print JSON
  --version, -h, --help

Examples:
  port-for --run web -- node server.js
  node server.js --port "$(port-for --user my-app)"
  port-for --scan 8000-9000

PORT_FOR_CONFIG names a file too. Exit codes: 0 done, 1 failed, 2 wrong words.`;

export function help(): ExitCode {
  print(HELP);
  return EXIT.done;
}
