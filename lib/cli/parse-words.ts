import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './usage-error';

/** The options of a command by their long names, without the dashes. */
export type Options = Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string }>;

/** What was given: a text for each option with a value, true for each without. */
export type OptionValues<T extends Options> = {
  [K in keyof T]?: T[K]['type'] extends 'string' ? string : true;
};

/**
 * Splits the words of a call into options and the rest. `-t 5`, `-t5`, `--timeout 5` and `--timeout=5` are the same;
 * an option's value may begin with a dash, so that `-t -1` can be refused for its value; after `--` nothing is an
 * option; of an option given twice the last counts. Throws a {@link UsageError} that names the word.
 */
export function parseWords<T extends Options>(
  words: readonly string[],
  options: T,
): { values: OptionValues<T>; rest: string[] } {
  const config = { args: [...words], options, strict: false, tokens: true, allowPositionals: true } as const;
  const values: Record<string, string | true> = {};
  const rest: string[] = [];
  for (const token of parseArgs(config satisfies ParseArgsConfig).tokens) {
    if (token.kind === 'positional') rest.push(token.value);
    else if (token.kind === 'option') values[token.name] = optionValue(options, token);
  }
  return { values: values as OptionValues<T>, rest };
}

function optionValue(
  options: Options,
  token: { name: string; rawName: string; value: string | undefined },
): string | true {
  const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
  if (option === undefined) throw new UsageError(`unknown option ${token.rawName}`);
  if (option.type === 'boolean') {
    if (token.value !== undefined) throw new UsageError(`option ${token.rawName} takes no value`);
    return true;
  }
  if (token.value === undefined) throw new UsageError(`option ${token.rawName} needs a value`);
  return token.value;
}
