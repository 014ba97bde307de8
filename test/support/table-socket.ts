import type { SocketState, TableSocket } from '../../lib/addon/contract';

let keys = 0;

/** A socket as the table tells of one, with an owner's key of its own. */
export function tableSocket(port: number, state: SocketState, more: Partial<TableSocket> = {}): TableSocket {
  return {
    port,
    address: '127.0.0.1',
    state,
    listens: state === 'listen',
    hasProcess: true,
    ownerKey: ++keys,
    ...more,
  };
}
