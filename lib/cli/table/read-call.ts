import type { Command } from '../run';
import { UsageError } from '../usage-error';
import { type ParsedWords, parseWords } from './parse-words';
import { type Call, isChosen, type Mode, modeOf, type Options, type Table } from './table';

/** What a call asks for: a mode, checked against what the table says of it. */
export interface Request<O extends Options> {
  /** The name of the mode. */
  readonly name: string;
  readonly mode: Mode<O>;
  readonly call: Call<O>;
}

/** Reads the words of a call. Throws a {@link UsageError} for what the table does not have. */
export function readCall<O extends Options>(table: Table<O>, words: readonly string[]): Request<O> {
  const parsed = parseWords(words, table.options);
  const name = chooseMode(table, Object.keys(parsed.values));
  const mode = modeOf(table, name);
  checkAlternatives(table, Object.keys(parsed.values));
  return { name, mode, call: toCall(table, name, parsed) };
}

/** The command that does what a table says. */
export function toCommand<O extends Options>(table: Table<O>): Command {
  return {
    name: table.name,
    usage: (words) => (require('./help') as typeof import('./help')).usageLine(table, words),
    main(words) {
      const { mode, call } = readCall(table, words);
      return mode.load()(call);
    },
  };
}

/** The mode that the options choose: of several the one that takes the others. */
function chooseMode<O extends Options>(table: Table<O>, given: readonly string[]): string {
  if (given.includes('help')) return 'help';
  const names = Object.keys(table.modes);
  const name = names.find((mode) => isChosen(table, mode, given)) ?? table.usual;
  const { options, alsoChosenBy = [] } = modeOf(table, name);
  const takes: readonly string[] = [name, ...options];
  const strangers = given.filter((option) => !takes.includes(option));
  const other = strangers.find((option) => names.includes(option)) ?? strangers[0];
  if (other === undefined) return name;
  const chosenBy = [name, ...alsoChosenBy].find((option) => given.includes(option));
  if (chosenBy !== undefined) throw new UsageError(`--${chosenBy} does not go with --${other}`);
  const places = names.filter((mode) => listOptions(table, mode).includes(other)).map((mode) => `--${mode}`);
  throw new UsageError(`--${other} goes with ${listWords(places)}`);
}

function listOptions<O extends Options>(table: Table<O>, mode: string): readonly string[] {
  return modeOf(table, mode).options;
}

function checkAlternatives<O extends Options>(table: Table<O>, given: readonly string[]): void {
  for (const options of table.alternatives ?? []) {
    const [one, other] = options.filter((option) => given.includes(option));
    if (other !== undefined) throw new UsageError(`--${one} does not go with --${other}`);
  }
}

function toCall<O extends Options>(table: Table<O>, name: string, parsed: ParsedWords<O>): Call<O> {
  const { words: { most, least, noun } = { most: 0, least: 0, noun: '' }, takesCommand } = modeOf(
    table,
    name,
  );
  const { values, before, behind } = parsed;
  const given: readonly string[] = [
    ...(parsed.valuesOf.get(name) ?? []),
    ...before,
    ...(takesCommand ? [] : (behind ?? [])),
  ];
  const call = {
    values,
    valuesOf: parsed.valuesOf,
    words: given,
    command: takesCommand ? (behind ?? []) : [],
  };
  if (takesCommand) checkCommand(call.command, given, behind !== undefined, table.name, name);
  if (given.length < least) throw new UsageError(`the ${noun} is missing`);
  if (given.length > most) {
    const what = name === table.usual ? table.name : `--${name}`;
    const takes = most === 0 ? 'takes no further words' : `takes one ${noun}`;
    throw new UsageError(`${what} ${takes}: unexpected ${given.slice(most).map(quoteWord).join(' ')}`);
  }
  return call;
}

function checkCommand(
  command: readonly string[],
  words: readonly string[],
  hasDashes: boolean,
  program: string,
  mode: string,
): void {
  if (command[0] === '') throw new UsageError('the command is empty');
  if (command.length > 0) return;
  const [first, ...others] = words;
  const meant =
    first === undefined || others.length === 0 || hasDashes
      ? ''
      : `, as in ${program} --${mode} ${[first, '--', ...others].map(quoteWord).join(' ')}`;
  throw new UsageError(`the command is missing: put it behind --${meant}`);
}

/** A word as a shell reads it back, if it is a plain one; else in quotes. */
function quoteWord(word: string): string {
  return /^[\w@%+=:,./{}-]+$/.test(word) ? word : JSON.stringify(word);
}

function listWords(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}
