import { PortTimeoutError, ProcessEndedError } from '../../wait/errors';
import { free, occupied } from '../../wait/wait';
import { EXIT, type ExitCode } from '../exit-code';
import { print } from '../print';
import type { Narrator } from './narrator';
import type { PortendCall } from './options';
import { type Request, readRequest } from './words';

/** `portend HOST:PORT... free|occupied`: waits, and says what came of it by its exit code. */
export async function waitFor(call: PortendCall): Promise<ExitCode> {
  const request = readRequest(call);
  const narrator = request.values.verbose ? loadNarrator() : undefined;
  process.once('SIGINT', () => {
    narrator?.clear();
    process.exit(EXIT.interrupted);
  });
  return wait(request, narrator);
}

async function wait(request: Request, narrator: Narrator | undefined): Promise<ExitCode> {
  const { state, targets, options, values } = request;
  const startedAt = performance.now();
  const onAttempt = narrator?.hear.bind(narrator);
  const error = await (state === 'free' ? free : occupied)(targets, { ...options, onAttempt }).then(
    () => undefined,
    (error: unknown) => error,
  );
  narrator?.end(error === undefined ? state : `not ${state}`);
  if (values.json) printOutcome(request, (performance.now() - startedAt) / 1000, error);
  if (error === undefined) return EXIT.done;
  if (!isFailure(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  return EXIT.failed;
}

/** Whether an error says that the targets are not in the state, and no more. */
export function isFailure(error: unknown): error is PortTimeoutError | ProcessEndedError {
  return error instanceof PortTimeoutError || error instanceof ProcessEndedError;
}

function printOutcome({ state, targets }: Request, seconds: number, error: unknown): void {
  const ok = error === undefined;
  const { pending, replies } = isFailure(error) ? error : { pending: ok ? [] : targets, replies: [] };
  const outcome = { ok, state, seconds: Number(seconds.toFixed(3)), targets, pending, replies };
  print(JSON.stringify(error instanceof Error ? { ...outcome, error: describeError(error) } : outcome));
}

/** What `--json` prints of an error. */
function describeError(error: Error): object {
  const { exitCode, signal } = error instanceof ProcessEndedError ? error : {};
  return { code: codeOf(error), message: error.message, exitCode, signal };
}

function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : error.name;
}

/** Few calls need it, and most of what this command costs is its start. */
export function loadNarrator(): Narrator {
  const { Narrator } = require('./narrator') as typeof import('./narrator');
  return new Narrator(process.stderr);
}
