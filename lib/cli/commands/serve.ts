import { DEFAULT_ADDRESS } from '../../serve/address';
import { PortServer, type PortServerNumbers } from '../../serve/port-server';
import { CommandError } from '../command-error';
import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall } from '../options';
import { UsageError } from '../usage-error';

/**
 * `port-for --serve [ADDRESS]`: gives ports to clients of portpicker until a signal asks it to end. SIGUSR1 prints what
 * it has done on standard error.
 */
export async function serve({ values, words }: PortForCall): Promise<ExitCode> {
  if (process.platform === 'win32') throw new UsageError('--serve needs Unix sockets, which Windows lacks');
  const [address = DEFAULT_ADDRESS] = words;
  const server = new PortServer(values.pool);
  try {
    await server.listen(address);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(EXIT.failed, `cannot serve at ${address}: ${why}`, { cause: error });
  }
  process.stderr.write(`serving ports at ${address}: set PORTSERVER_ADDRESS=${address}\n`);
  process.on('SIGUSR1', () => process.stderr.write(`${describe(server.numbers())}\n`));
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  await server.close();
  return EXIT.done;
}

function describe({ ports, taken, granted, denied, invalid }: PortServerNumbers): string {
  return `${taken} of ${ports} ports taken; ${granted} requests granted, ${denied} denied, ${invalid} invalid`;
}
