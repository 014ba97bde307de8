import { type ParseArgsConfig, parseArgs } from 'node:util';
import { didYouMean } from '../../arguments/nearest';
import { UsageError } from '../usage-error';
import type { Options, OptionValues } from './table';

/** The words of a call, sorted. */
export interface ParsedWords<O extends Options> {
  readonly values: OptionValues<O>;
  /** All texts that an option with a value was given, by its name. */
  readonly valuesOf: ReadonlyMap<string, readonly string[]>;
  /** The positional words before `--`. */
  readonly before: readonly string[];
  /** All words behind the first `--`; undefined if there is none. */
  readonly behind: readonly string[] | undefined;
}

/**
 * Splits the words of a call into options and the rest. `-t 5`, `-t5`, `-t=5`, `--timeout 5` and `--timeout=5` are the
 * same. An option's value may begin with a dash, so that `-t -1` can be refused for its value, but it is never another
 * option. After `--` nothing is an option. If an option is given twice, the last counts. Throws a {@link UsageError}
 * that names the word, and the option that was probably meant.
 */
export function parseWords<O extends Options>(words: readonly string[], options: O): ParsedWords<O> {
  const end = words.indexOf('--');
  const args = end < 0 ? [...words] : words.slice(0, end);
  const config = { args, options, strict: false, tokens: true, allowPositionals: true } as const;
  const values: Record<string, string | true> = {};
  const valuesOf = new Map<string, string[]>();
  const before: string[] = [];
  for (const token of parseArgs(config satisfies ParseArgsConfig).tokens) {
    if (token.kind === 'positional') before.push(token.value);
    else if (token.kind === 'option') {
      if (isHelp(token)) values.help = true;
      const value = isHelp(token) ? '' : optionValue(options, token);
      values[token.name] = value;
      if (value !== true) valuesOf.set(token.name, [...(valuesOf.get(token.name) ?? []), value]);
    }
  }
  return {
    values: values as OptionValues<O>,
    valuesOf,
    before,
    behind: end < 0 ? undefined : words.slice(end + 1),
  };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

/** `--unbind --help` asks for help and has no value. */
function isHelp({ value, inlineValue }: OptionToken): boolean {
  return !inlineValue && (value === '--help' || value === '-h');
}

function optionValue(options: Options, { name, rawName, value, inlineValue }: OptionToken): string | true {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) throw new UsageError(`unknown option ${rawName}${meantOption(options, name)}`);
  if (option.type === 'boolean') {
    if (value !== undefined) throw new UsageError(`option ${rawName} takes no value`);
    return true;
  }
  if (value === undefined) throw new UsageError(`option ${rawName} needs a value`);
  if (!inlineValue && isOption(options, value)) {
    throw new UsageError(`option ${rawName} needs a value, and ${value} is an option`);
  }
  return inlineValue && !rawName.startsWith('--') ? value.replace(/^=/, '') : value;
}

/** `-x` is the short form of an option, `--xyz` the long one. */
function isOption(options: Options, word: string): boolean {
  if (word.startsWith('--')) return Object.hasOwn(options, word.slice(2).replace(/=.*/s, ''));
  return word.startsWith('-') && Object.values(options).some(({ short }) => short === word.slice(1));
}

function meantOption(options: Options, name: string): string {
  return name.length < 2 ? '' : didYouMean(name, Object.keys(options), (option) => `--${option}`);
}
