import { addon } from '../../lib/addon/addon';

/** Why the socket table cannot be looked into here; false where it can. */
export const NO_TABLE: string | false =
  addon.tablePorts('tcp', 'listen') === undefined ? 'this system has no socket table to read' : false;
