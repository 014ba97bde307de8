import { PortTimeoutError } from '../../wait/errors';
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

/** Few calls need it, and most of what this command costs is its start. */
function loadNarrator(): Narrator {
  const { Narrator } = require('./narrator') as typeof import('./narrator');
  return new Narrator(process.stderr);
}
