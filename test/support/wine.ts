import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Whether this is Wine and not Windows: a test tells by it what Wine alone lacks. */
export const IS_WINE: boolean =
  process.platform === 'win32' &&
  existsSync(join(process.env.SystemRoot ?? 'C:\\windows', 'system32', 'winecfg.exe'));

/** Why the process of a listener cannot be told; false where it can. */
export const NO_LISTENER_OWNER: string | false = IS_WINE
  ? 'the table of Wine names processes of datagram sockets and clients alone'
  : false;

/** The process of a listener of this test, in the words of our commands, as a pattern. */
export const OWN_LISTENER: string =
  NO_LISTENER_OWNER === false ? `\\S+ \\(${process.pid}\\)` : 'a process of somebody that is hidden from you';
