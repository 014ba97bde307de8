import { type StoppedListener, stopListener } from '../../stop/stop-listener';
import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall } from '../options';
import { print } from '../print';
import { readSeconds } from '../seeing/seconds';
import { wantedPort } from '../seeing/wanted-ports';
import { list } from '../seeing/words';

/** `port-for --stop PORT`: ends what listens on a port, and nothing else. */
export async function stop({ values, words: [word = ''] }: PortForCall): Promise<ExitCode> {
  const dryRun = values['dry-run'] ?? false;
  const result = await stopListener(await wantedPort(word, values), {
    dryRun,
    force: values.force ?? false,
    timeout: readSeconds(values.timeout, '--timeout'),
    config: values.config,
  });
  if (values.json) print(JSON.stringify({ ...result, dryRun }));
  else print(describe(result, dryRun));
  return EXIT.done;
}

function describe({ port, uses, stopped }: StoppedListener, dryRun: boolean): string {
  if (uses.length === 0) return `nobody listens on port ${port}: nothing to stop`;
  const verb = dryRun ? 'would stop' : 'stopped';
  const who = stopped.map(
    ({ name, pid, user, signal }) =>
      `${name} (${pid})${user === undefined ? '' : ` of ${user}`}${signal === 'SIGKILL' ? ' by SIGKILL' : ''}`,
  );
  const what = who.length === 0 ? 'nothing, since it had ended by itself' : list(who);
  return dryRun ? `${verb} ${what}` : `${verb} ${what}: port ${port} is free`;
}
