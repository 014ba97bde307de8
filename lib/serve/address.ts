import { invalidValue, show } from '../arguments/invalid-argument';

/** Where portpicker's clients look unless told otherwise: a name of the abstract namespace. */
export const DEFAULT_ADDRESS = '@unittest-portserver';

/** sun_path of macOS; Linux has four bytes more. */
const LONGEST_ADDRESS = 103;

/** Throws a `RangeError` for an address that would be cut off, and name another socket. */
export function checkAddress(address: string): void {
  if (address !== '' && !address.includes('\0') && Buffer.byteLength(address) <= LONGEST_ADDRESS) return;
  const problem = address === '' || address.includes('\0') ? 'names no' : 'is too long for a';
  throw invalidValue(`address ${show(address)} ${problem} Unix socket: at most ${LONGEST_ADDRESS} bytes`);
}
