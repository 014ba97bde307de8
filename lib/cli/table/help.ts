import {
  type Example,
  isChosen,
  type Mode,
  modeOf,
  type Option,
  type Options,
  type Overview,
  type Table,
} from './table';

const WIDTH = 80;

/** The columns that a call, or an option, may take beside what is said of it. */
const MOST_BESIDE = 34;

const MOST_BESIDE_EXAMPLE = 44;

/** How a mode is called, without its options: `--run NAME... -- COMMAND...`. */
export function callOf<O extends Options>(table: Table<O>, name: string): string {
  const { words, takesCommand } = modeOf(table, name);
  const option = name === table.usual ? [] : [`--${name}`];
  return [...option, ...(words ? [words.usage] : []), ...(takesCommand ? ['-- COMMAND...'] : [])].join(' ');
}

/** One line that says how the mode that the words choose is called. */
export function usageLine<O extends Options>(table: Table<O>, words: readonly string[]): string {
  const name = guessMode(table, words);
  const { options } = modeOf(table, name);
  const call = callOf(table, name).replace(/ ?-- COMMAND\.\.\.$/, '');
  const parts = [table.name, call, options.length > 0 ? '[OPTIONS]' : '', commandOf(modeOf(table, name))];
  const help = name === table.usual ? '--help' : `--${name} --help`;
  return `usage: ${parts.filter((part) => part !== '').join(' ')} (see ${table.name} ${help})`;
}

/** What `--help` prints: alone an overview of all modes, beside a mode all there is to say of that. */
export function helpText<O extends Options>(table: Table<O>, given: readonly string[]): string {
  const name = Object.keys(table.modes).find((mode) => mode !== 'help' && isChosen(table, mode, given));
  if (name !== undefined) return modeHelp(table, name);
  return table.overview === undefined ? modeHelp(table, table.usual) : overview(table, table.overview);
}

function overview<O extends Options>(table: Table<O>, { options, examples, notes }: Overview<O>): string {
  const modes = Object.entries(table.modes).map(
    ([name, mode]): Entry => [callOf(table, name), inShort(mode.summary)],
  );
  return [
    `${table.name} ${table.summary}`,
    '',
    ...list(modes),
    '',
    'Options:',
    ...list(options.map((option) => optionEntry(table, option))),
    '',
    'Examples:',
    ...list(examples, MOST_BESIDE_EXAMPLE),
    '',
    ...wrap(notes, 0),
  ].join('\n');
}

function modeHelp<O extends Options>(table: Table<O>, name: string): string {
  const mode = modeOf(table, name);
  const { notes, examples = [] } = mode;
  const isSpelledOtherwise = optionOf(table, name).short !== undefined || name === table.usual;
  const own = Object.hasOwn(table.options, name) && isSpelledOtherwise ? [name] : [];
  const options = [...own, ...mode.options];
  return [
    `usage: ${table.name} ${usageOf(table, name)}`,
    '',
    ...wrap(sentence(mode.summary), 0),
    ...(options.length > 0 ? ['', ...list(options.map((option) => optionEntry(table, option)))] : []),
    ...(notes === undefined ? [] : ['', ...wrap(notes, 0)]),
    ...(examples.length > 0 ? ['', 'Examples:', ...list(examples, MOST_BESIDE_EXAMPLE)] : []),
  ].join('\n');
}

/** The whole call of a mode with its options, broken into lines. */
export function usageOf<O extends Options>(table: Table<O>, name: string): string {
  const mode = modeOf(table, name);
  const options = mode.options.map((option) => {
    const { value } = optionOf(table, option);
    return value === undefined ? `[--${option}]` : `[--${option} ${value}]`;
  });
  const call = callOf(table, name).replace(/ ?-- COMMAND\.\.\.$/, '');
  const parts = [call, ...options, commandOf(mode)].filter((part) => part !== '');
  const indent = `usage: ${table.name} `.length;
  return breakLines(parts, indent).join(`\n${' '.repeat(indent)}`);
}

function commandOf<O extends Options>({ takesCommand }: Mode<O>): string {
  return takesCommand ? '-- COMMAND...' : '';
}

type Entry = readonly [left: string, right: string];

function optionEntry<O extends Options>(table: Table<O>, name: string): Entry {
  const { short, value, help } = optionOf(table, name);
  return [[short ? `-${short}, --${name}` : `--${name}`, value].filter(Boolean).join(' '), help];
}

function optionOf<O extends Options>(table: Table<O>, name: string): Option {
  return table.options[name] ?? { type: 'boolean', help: '' };
}

/** Two columns; what does not fit beside the left one stands below it. */
function list(entries: readonly (Entry | Example)[], mostBeside = MOST_BESIDE): string[] {
  const column = Math.min(mostBeside, Math.max(...entries.map(([left]) => left.length))) + 4;
  return entries.flatMap(([left, right]) => {
    if (right === '') return [`  ${left}`];
    const lines = wrap(right, column);
    const beside = `  ${left}`.padEnd(column);
    if (left.length + 4 > column) return [`  ${left}`, ...lines];
    return [`${beside}${lines[0]?.trimStart()}`, ...lines.slice(1)];
  });
}

/** What comes before the particulars. */
function inShort(summary: string): string {
  return summary.replace(/(?:[;:]|, one ").*/s, '');
}

function wrap(text: string, indent: number): string[] {
  return breakLines(text.split(' '), indent).map((line) => `${' '.repeat(indent)}${line}`);
}

/** Lines of words that leave `indent` columns of the width free. */
function breakLines(words: readonly string[], indent: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && indent + last.length + 1 + word.length <= WIDTH) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

/** The mode of words that may be invalid. */
function guessMode<O extends Options>(table: Table<O>, words: readonly string[]): string {
  const end = words.indexOf('--');
  const before = end < 0 ? words : words.slice(0, end);
  const isGiven = (name: string) => {
    const { short } = optionOf(table, name);
    return before.some(
      (word) =>
        word.replace(/=.*/s, '') === `--${name}` || (short !== undefined && word.startsWith(`-${short}`)),
    );
  };
  const given = Object.keys(table.options).filter(isGiven);
  return (
    Object.keys(table.modes).find((name) => name !== 'help' && isChosen(table, name, given)) ?? table.usual
  );
}
