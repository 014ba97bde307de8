/** A value of the wrong type for an argument. */
export function invalidType(argument: string, expected: string, value: unknown): TypeError {
  return Object.assign(new TypeError(`${argument} must be ${expected}, not ${show(value)}`), {
    code: 'ERR_PORT_INVALID_TYPE',
  });
}

/** A value of the right type that an argument does not admit. */
export function invalidValue(message: string): RangeError {
  return Object.assign(new RangeError(message), { code: 'ERR_PORT_INVALID_VALUE' });
}

/** No host where one is needed: a wait for the host '' would silently mean this machine. */
export function missingHost(value: unknown): TypeError | RangeError {
  if (value !== '' && value !== null && value !== undefined) return invalidType('host', 'a string', value);
  return invalidValue("Host values of '' or null are not allowed.");
}

/** A value as an error message shows it: short, and with strings in quotes. */
export function show(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  if (typeof value === 'function') return 'a function';
  if (value instanceof Date || typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'an array' : `an instance of ${value.constructor?.name ?? 'Object'}`;
}
