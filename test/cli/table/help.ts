import t from 'tap';
import { helpText, usageLine } from '../../../lib/cli/table/help';
import { SMALL } from '../../support/small-table';

/** Text as the lines of a test, without the first line break. */
const page = (text: string) => text.slice(1);

t.test('the overview has each mode, the usual options, examples and notes', async (t) => {
  t.equal(
    helpText(SMALL, ['help']),
    page(`
my-tool does things.

  NAME...                      open each NAME
  --run NAME... -- COMMAND...  run a command!
  --help                       print this

Options:
  --how HOW        how to do it\\not
  -i, --in FOLDER  be in FOLDER

Examples:
  my-tool web  open web

Exit codes: 0 done, 1 failed, 2 invalid arguments, 3 whatever else there may be,
and so on.`),
  );
});

t.test('help beside a mode tells all of that mode', async (t) => {
  const open = page(`
usage: my-tool NAME... [--how HOW] [--in FOLDER] [--wait SECONDS]

Open each NAME; on first use make it.

  -o, --open NAME  open NAME
  --how HOW        how to do it\\not
  -i, --in FOLDER  be in FOLDER
  --wait SECONDS   how long to wait for whatever takes its time at most, if any

.ports - a file that names what there is to open - is read, if the folder has
one. It need not.

Examples:
  my-tool web                                   open web
  my-tool --in /srv/www/shop --how fast web db  open both, in a folder of their
                                                own, as fast as it goes
  my-tool web | cat`);
  t.equal(helpText(SMALL, ['help', 'open']), open);
  const { overview, ...small } = SMALL;
  t.equal(helpText(small, ['help']), open, 'of the usual one, where there is no overview');
  t.equal(
    helpText(SMALL, ['run', 'help']),
    page(`
usage: my-tool --run NAME... [--file FILE] -- COMMAND...

Run a command!

  --file FILE  read [FILE]: it's one | more`),
  );
});

t.test('what is longer than the room beside it stands above', async (t) => {
  const long = 'x'.repeat(45);
  const examples = [
    ['x'.repeat(44), 'fits'],
    [long, 'does not'],
  ] as const;
  const open = { ...SMALL.modes.open, examples } as (typeof SMALL.modes)[string];
  const text = helpText({ ...SMALL, modes: { open } }, ['open']);
  t.equal(text.split('Examples:\n')[1], `  ${'x'.repeat(44)}  fits\n  ${long}\n${' '.repeat(48)}does not`);
});

t.test('an option of 34 columns has its help beside it, a longer one above it', async (t) => {
  const help = (length: number) => {
    const how = { ...SMALL.options.how, value: 'x'.repeat(length - '--how '.length) };
    return helpText({ ...SMALL, options: { ...SMALL.options, how } as typeof SMALL.options }, ['open'])
      .split('\n')
      .filter((line) => line.includes('--how xx') || line.includes('how to do'))
      .slice(-2);
  };
  t.match(help(34), [/\[--how/, / {2}--how x+ {2}how to do it\\not$/]);
  t.match(help(35), [/ {2}--how x+$/, /^ {38}how to do it\\not$/]);
});

t.test('the option of a mode is told beside it if it is spelled otherwise', async (t) => {
  const { short, ...open } = SMALL.options.open;
  const isTold = (options: object, mode: string, usual = 'open') =>
    / {2}--run| {2}(?:-o, )?--open NAME/.test(
      helpText({ ...SMALL, options: options as typeof SMALL.options, usual }, [mode]),
    );
  t.equal(isTold(SMALL.options, 'open', 'run'), true, 'by a letter');
  t.equal(isTold({ ...SMALL.options, open }, 'open'), true, 'by nothing, being the usual one');
  t.equal(isTold({ ...SMALL.options, open }, 'open', 'run'), false);
  t.equal(isTold(SMALL.options, 'run'), false);
  const { run, ...others } = SMALL.options;
  t.equal(isTold(others, 'run', 'run'), false, 'a usual mode need have no option');
});

t.test('a usage that is too long goes on below its first word', async (t) => {
  const name = 'my-tool-of-a-longer-name';
  t.strictSame(
    helpText({ ...SMALL, name }, ['open'])
      .split('\n')
      .slice(0, 2),
    [`usage: ${name} NAME... [--how HOW] [--in FOLDER]`, `${' '.repeat(32)}[--wait SECONDS]`],
  );
});

t.test('a line of 80 columns is full', async (t) => {
  const notes = (last: string) => {
    const open = { ...SMALL.modes.open, examples: [], notes: `${'x'.repeat(70)} ${last}` };
    return helpText({ ...SMALL, modes: { open } as typeof SMALL.modes }, ['open'])
      .split('\n')
      .slice(-2);
  };
  t.strictSame(notes('123456789'), ['', `${'x'.repeat(70)} 123456789`]);
  t.strictSame(notes('1234567890'), ['x'.repeat(70), '1234567890']);
});

t.test('the usage line is that of the mode which invalid words choose', async (t) => {
  const run = 'usage: my-tool --run NAME... [OPTIONS] -- COMMAND... (see my-tool --run --help)';
  const open = 'usage: my-tool NAME... [OPTIONS] (see my-tool --help)';
  for (const [words, usage] of [
    [['--run', '--nope'], run],
    [['--run=3', '--', '--open'], run],
    [['--open=3', '--run'], open],
    [['-oweb'], open],
    [['--', '--run'], open],
    [['--help', '--runs'], open],
    [[], open],
  ] as const)
    t.equal(usageLine(SMALL, words), usage, words.join(' '));
  const r = { ...SMALL, options: { ...SMALL.options, run: { ...SMALL.options.run, short: 'r' } } };
  t.equal(usageLine(r as unknown as typeof SMALL, ['-rx']), run);
  const bare = { ...SMALL, modes: { run: { ...SMALL.modes.run, options: [] } }, usual: 'run' };
  t.equal(
    usageLine(bare as unknown as typeof SMALL, []),
    'usage: my-tool NAME... -- COMMAND... (see my-tool --help)',
  );
});
