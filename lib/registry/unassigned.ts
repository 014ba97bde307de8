import { type PortRange, toRanges } from '../ports/port';
import type { Transport } from '../ports/transport';
import { checkTransport } from '../ports/transport';
import { readTable } from './tables';

/** `data/unassigned.json`: the ends of the ranges of a transport, one after the other. */
type UnassignedTable = Record<Transport, number[]>;

const ranges: Partial<Record<Transport, readonly PortRange[]>> = {};
let unassigned: UnassignedTable | undefined;

/**
 * The ports, in ascending ranges, that IANA lists as Unassigned for a transport and that no well-known unofficial use
 * is known of. 49152-65535, the dynamic ports of RFC 6335, are not among them, since IANA lists nothing there.
 * @param transport `'tcp'` by default
 * @throws RangeError for an unknown transport
 */
export function unassignedRanges(transport: Transport = 'tcp'): readonly PortRange[] {
  checkTransport(transport);
  ranges[transport] ??= toRanges(readUnassigned()[transport]);
  return ranges[transport];
}

function readUnassigned(): UnassignedTable {
  unassigned ??= readTable('unassigned.json') as UnassignedTable;
  return unassigned;
}
