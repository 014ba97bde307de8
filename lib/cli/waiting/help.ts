/** What `portend --help` prints. */
export const HELP = `usage: portend [-t SECONDS] HOST:PORT... free|occupied

Waits until every port is occupied (somebody accepts connections at an address
of its host) or free (nobody does, at any of them). Silent when it is so.

  -t, --timeout SECONDS  give up after 30, 0.5, 0 (asks once); else never
  -j, --json             print what came of it as one line of JSON
  -v, --verbose          tell on standard error what is tried and what it said
  -h, --help             print this
      --version          print the version

Exit codes: 0 it is so; 1 it is not, or it can not be asked (a message says
which); 2 invalid arguments; 130 Ctrl-C.

Examples:
  portend localhost:8080 occupied              wait for a server
  portend -t 30 db:5432 [::1]:6379 occupied    for two, half a minute at most
  portend -t 0 localhost:8080 free             ask once whether a port is free
  node server.js & portend -t 5 localhost:8080 occupied && npm test`;
