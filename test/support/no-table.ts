import { callAddon } from '../../lib/native';

/** Why the socket table cannot be looked into here; false where it can. */
export const NO_TABLE: string | false =
  callAddon((addon) => addon.socketTable('tcp', 'listen')) === undefined
    ? 'this system has no socket table to read'
    : false;
