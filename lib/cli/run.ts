import { inspect } from 'node:util';
import { CommandError } from './command-error';
import { EXIT } from './exit-code';
import { plain } from './plain';
import { UsageError } from './usage-error';

/** What a command is made of: its name, how the given words should have been, and what it does with its words. */
export interface Command {
  readonly name: string;
  /** One line that says how to call it. */
  usage(words: readonly string[]): string;
  /** Gives the exit code, which may also be that of a command that it ran. */
  main(words: readonly string[]): number | Promise<number>;
}

/**
 * Runs a command on the words of the process and sets the exit code. What it throws becomes one line on standard
 * error: with code 2 and the usage where the arguments are invalid (a {@link UsageError}, or a bad argument that the
 * library refused), with code 1 otherwise. An error without a `code` is a fault of ours and shows its stack.
 */
export async function run(command: Command, words: readonly string[] = process.argv.slice(2)): Promise<void> {
  // A line of the config file that is off is warned of, and may be what the call fails with: it is said once.
  const said = new Set<string>();
  const say = (text: string) => {
    const line = `${command.name}: ${text}\n`;
    if (!said.has(line)) process.stderr.write(line);
    said.add(line);
  };
  // In place of Node's own listener, whose words are for programmers.
  process.removeAllListeners('warning');
  process.on('warning', ({ message }) => say(oneLine(message)));
  try {
    process.exitCode = await command.main(words);
  } catch (error) {
    process.exitCode = report(command, words, error, say);
  }
}

function report(
  command: Command,
  words: readonly string[],
  error: unknown,
  say: (text: string) => void,
): number {
  if (isUsageError(error)) {
    process.stderr.write(`${command.name}: ${oneLine(error.message)}\n${command.usage(words)}\n`);
    return EXIT.usage;
  }
  const isExpected = error instanceof Error && 'code' in error;
  const told = isExpected ? oneLine(error.message) + loadAdvice()(error) : inspect(error);
  say(told);
  return error instanceof CommandError ? error.exitCode : EXIT.failed;
}

const BAD_ARGUMENT_CODES: unknown[] = ['ERR_PORT_INVALID_TYPE', 'ERR_PORT_INVALID_VALUE'];

/** Whether an error is about the words of the call. */
export function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true;
  return error instanceof Error && 'code' in error && BAD_ARGUMENT_CODES.includes(error.code);
}

function oneLine(message: string): string {
  return plain(message.replace(/\s*\n\s*/g, ' '));
}

function loadAdvice(): (error: Error) => string {
  return (require('./advice') as typeof import('./advice')).adviceOn;
}
