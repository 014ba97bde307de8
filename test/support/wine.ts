import { existsSync } from 'node:fs';
import type { Server } from 'node:net';
import { join } from 'node:path';

/** Whether this is Wine and not Windows: a test tells by it what Wine alone lacks. */
export const IS_WINE: boolean =
  process.platform === 'win32' &&
  existsSync(join(process.env.SystemRoot ?? 'C:\\windows', 'system32', 'winecfg.exe'));

/**
 * Lets the table of Wine name this process for a listening server, as that of Windows does. Wine binds, listens and
 * accepts in a server of its own, and names the process of a TCP socket once that has used the socket itself.
 */
export function nameOwner(server: Server): void {
  if (!IS_WINE) return;
  const { _handle: handle } = server as unknown as { _handle: { setNoDelay(isOn: boolean): number } };
  handle.setNoDelay(true);
}
