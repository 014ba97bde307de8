#!/usr/bin/env node
import { lookupsUnderWay } from '../host/resolve';
import { PortTimeoutError } from '../wait/errors';
import { free, occupied } from '../wait/wait';
import { EXIT, type ExitCode } from './exit-code';
import { print } from './print';
import { run } from './run';
import type { Narrator } from './waiting/narrator';
import { type Request, readRequest } from './waiting/words';

const USAGE = 'usage: portend [-t SECONDS] HOST:PORT... free|occupied';

async function main(words: readonly string[]): Promise<ExitCode> {
  const request = readRequest(words);
  if (typeof request !== 'object') {
    print(request === 'help' ? loadHelp() : loadVersion());
    return EXIT.done;
  }
  const narrator = request.values.verbose ? loadNarrator() : undefined;
  process.once('SIGINT', () => {
    narrator?.clear();
    process.exit(EXIT.interrupted);
  });
  return wait(request, narrator);
}

async function wait(request: Request, narrator: Narrator | undefined): Promise<ExitCode> {
  const { state, targets, timeout, values } = request;
  const startedAt = performance.now();
  const onAttempt = narrator?.hear.bind(narrator);
  const error = await (state === 'free' ? free : occupied)(targets, { timeout, onAttempt }).then(
    () => undefined,
    (error: unknown) => error,
  );
  narrator?.end(error === undefined ? state : `not ${state}`);
  if (values.json) printOutcome(request, (performance.now() - startedAt) / 1000, error);
  if (error === undefined) return EXIT.done;
  if (!(error instanceof PortTimeoutError)) throw error;
  process.stderr.write(`${error.message}\n`);
  return EXIT.failed;
}

function printOutcome({ state, targets }: Request, seconds: number, error: unknown): void {
  const pending = error instanceof PortTimeoutError ? error.pending : error === undefined ? [] : targets;
  const outcome = { ok: error === undefined, state, seconds: Number(seconds.toFixed(3)), targets, pending };
  const told = error instanceof Error ? { error: { code: codeOf(error), message: error.message } } : {};
  print(JSON.stringify({ ...outcome, ...told }));
}

function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : error.name;
}

// What few calls need is loaded by those alone: most of what this command costs is its start.

function loadHelp(): string {
  return (require('./waiting/help') as typeof import('./waiting/help')).HELP;
}

function loadVersion(): string {
  return (require('./version') as typeof import('./version')).version();
}

function loadNarrator(): Narrator {
  const { Narrator } = require('./waiting/narrator') as typeof import('./waiting/narrator');
  return new Narrator(process.stderr);
}

run({ name: 'portend', usage: USAGE, main }).then(() => {
  // A resolver that does not answer would keep the process for many seconds more.
  if (lookupsUnderWay() > 0) process.exit();
});
