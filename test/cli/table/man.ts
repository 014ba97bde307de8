import t from 'tap';
import { manPage } from '../../../lib/cli/table/man';
import { SMALL } from '../../support/small-table';

t.test('a manual page tells each mode, option and example, in the language of man(7)', async (t) => {
  t.strictSame(manPage(SMALL, '1.2.3').split('\n'), [
    '.TH MY-TOOL 1 "" "port-for-native 1.2.3" "User Commands"',
    '.SH NAME',
    'my\\-tool \\- does things',
    '.SH SYNOPSIS',
    '.PP',
    '.B my\\-tool',
    'NAME... [\\-\\-how HOW] [\\-\\-in FOLDER] [\\-\\-wait SECONDS]',
    '.PP',
    '.B my\\-tool',
    '\\-\\-run NAME... [\\-\\-file FILE] \\-\\- COMMAND...',
    '.SH DESCRIPTION',
    '.TP',
    '.B NAME...',
    'open each NAME; on first use make it',
    '.IP',
    '\\&.ports \\- a file that names what there is to open \\- is read, if the folder has one. It need not.',
    '.TP',
    '.B \\-\\-run NAME... \\-\\- COMMAND...',
    'run a command!',
    '.SH OPTIONS',
    '.TP',
    '.BR \\-o,\\ \\-\\-open " NAME"',
    'open NAME',
    '.TP',
    '.BR \\-\\-run',
    'run a command',
    '.TP',
    '.BR \\-h,\\ \\-\\-help',
    'print this',
    '.TP',
    '.BR \\-\\-file " FILE"',
    "read [FILE]: it's one | more",
    '.TP',
    '.BR \\-i,\\ \\-\\-in " FOLDER"',
    'be in FOLDER',
    '.TP',
    '.BR \\-\\-how " HOW"',
    'how to do it\\enot',
    '.TP',
    '.BR \\-\\-wait " SECONDS"',
    'how long to wait for whatever takes its time at most, if any',
    '.SH NOTES',
    'Exit codes: 0 done, 1 failed, 2 invalid arguments, 3 whatever else there may be, and so on.',
    '.SH EXAMPLES',
    '.TP',
    '.B my\\-tool web',
    'open web',
    '.TP',
    '.B my\\-tool \\-\\-in /srv/www/shop \\-\\-how fast web db',
    'open both, in a folder of their own, as fast as it goes',
    '.TP',
    '.B my\\-tool web | cat',
    '\\ ',
    '.SH SEE ALSO',
    '.BR portend (1)',
    '',
  ]);
});

t.test('what a command does not have is left out, and each of two commands names the other', async (t) => {
  const { overview, ...small } = SMALL;
  const { run } = SMALL.modes;
  const page = manPage({ ...small, name: 'portend', modes: { run } as typeof SMALL.modes }, '1.2.3');
  t.notMatch(page, /^\.SH (?:NOTES|EXAMPLES)/m);
  t.match(page, /^\.SH SEE ALSO\n\.BR port-for \(1\)\n$/m);
});
