import { invalidValue, show } from '../arguments/invalid-argument';

/** The transport protocol that a port belongs to: TCP and UDP each have ports of their own. */
export type Transport = 'tcp' | 'udp';

/** TCP, UDP, or one number for both. */
export type TransportChoice = Transport | 'both';

/** Returns `value` if it is a transport; throws a `RangeError` otherwise. */
export function checkTransport(value: unknown, argument = 'transport'): Transport {
  if (value === 'tcp' || value === 'udp') return value;
  throw invalidValue(`${argument} ${show(value)} is unknown: expected "tcp" or "udp"`);
}

/** The transports that `choice` means; throws a `RangeError` for anything else. */
export function toTransports(choice: TransportChoice): readonly Transport[] {
  if (choice === 'both') return ['tcp', 'udp'];
  if (choice === 'tcp' || choice === 'udp') return [choice];
  throw invalidValue(`transport ${show(choice)} is unknown: expected "tcp", "udp" or "both"`);
}
