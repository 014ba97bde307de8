import t from 'tap';
import { markdownReference } from '../../../lib/cli/table/markdown';
import { SMALL } from '../../support/small-table';

t.test('the reference has a section for each mode but help', async (t) => {
  t.strictSame(markdownReference(SMALL).split('\n'), [
    '### `my-tool NAME...`',
    '',
    'Open each NAME; on first use make it.',
    '',
    '.ports - a file that names what there is to open - is read, if the folder has one. It need not.',
    '',
    '```text',
    'my-tool NAME... [--how HOW] [--in FOLDER] [--wait SECONDS]',
    '```',
    '',
    '```sh',
    'my-tool web  # open web',
    'my-tool --in /srv/www/shop --how fast web db  # open both, in a folder of their own, as fast as it goes',
    'my-tool web | cat',
    '```',
    '',
    '| option | |',
    '| --- | --- |',
    '| `--how HOW` | how to do it\\not |',
    '| `-i FOLDER`, `--in FOLDER` | be in FOLDER |',
    '| `--wait SECONDS` | how long to wait for whatever takes its time at most, if any |',
    '',
    '### `my-tool --run NAME... -- COMMAND...`',
    '',
    'Run a command!',
    '',
    '```text',
    'my-tool --run NAME... [--file FILE] -- COMMAND...',
    '```',
    '',
    '| option | |',
    '| --- | --- |',
    "| `--file FILE` | read [FILE]: it's one \\| more |",
  ]);
});
