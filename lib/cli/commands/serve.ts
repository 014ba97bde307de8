import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DEFAULT_ADDRESS } from '../../serve/address';
import { PortServer, type PortServerNumbers } from '../../serve/port-server';
import { CommandError } from '../command-error';
import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall } from '../options';
import { isUsageError } from '../run';
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
    if (isUsageError(error)) throw error;
    throw new CommandError(EXIT.failed, `cannot serve at ${address}: ${explain(error, address)}`, {
      cause: error,
    });
  }
  process.stderr.write(`serving ports at ${address}: set PORTSERVER_ADDRESS=${address}\n`);
  process.on('SIGUSR1', () => process.stderr.write(`${describe(server.numbers())}\n`));
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  await server.close();
  return EXIT.done;
}

function explain(error: unknown, address: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const folder = dirname(address);
  // The kernel says ENOENT; libuv makes EACCES of it.
  if (code === 'EACCES' && !address.startsWith('@') && !existsSync(folder)) {
    return `there is no folder ${folder}: make it, or name another path`;
  }
  if (code === 'EADDRINUSE') {
    return 'a server listens there already, or a file has that name (EADDRINUSE): name another address';
  }
  return message;
}

function describe({ ports, taken, granted, denied, invalid }: PortServerNumbers): string {
  return `${taken} of ${ports} ports taken; ${granted} requests granted, ${denied} denied, ${invalid} invalid`;
}
