import { win32 } from 'node:path';
import type { Addon } from '../addon/contract';
import { ConfigAccessError } from './errors';

/** What Windows says of rights. */
export type Rights = Pick<Addon, 'isAdministrator' | 'hasTrustedOwner'>;

/**
 * Keeps ordinary users of Windows from deciding on the ports of everybody. In `%ProgramData%` any user may make a file,
 * and owns it then: so the file of the machine is written by administrators alone, and one that somebody else made is
 * not believed. Does nothing for other files, and on other systems, where the folder of that file is closed to others.
 *
 * @throws ConfigAccessError
 */
export function checkMachineFile(
  path: string,
  action: 'read' | 'write',
  rights: Rights | undefined = process.platform === 'win32' ? askAddon() : undefined,
): void {
  if (rights === undefined || !isMachineFile(path)) return;
  if (rights.hasTrustedOwner(path) === false) {
    const problem = 'another user made this file, and whoever did could change the ports of everybody';
    throw new ConfigAccessError(
      path,
      'EPERM',
      `cannot ${action} ${path}: ${problem}: as an administrator, check and delete it`,
    );
  }
  if (action === 'write' && !rights.isAdministrator()) {
    throw new ConfigAccessError(
      path,
      'EACCES',
      `cannot write ${path}: only an administrator may: use a console of an administrator, or a file of your own`,
    );
  }
}

function isMachineFile(path: string): boolean {
  const { ProgramData = 'C:\\ProgramData' } = process.env;
  const machine = win32.join(ProgramData, 'port-for.conf');
  return win32.resolve(path).toLowerCase() === win32.resolve(machine).toLowerCase();
}

/** Loaded for Windows alone: names are read without the addon elsewhere. */
function askAddon(): Rights | undefined {
  const { optionalAddon } = require('../addon/optional-addon') as typeof import('../addon/optional-addon');
  return optionalAddon();
}
