import { invalidType, invalidValue, show } from '../arguments/invalid-argument';

const MAX_LENGTH = 255;

/**
 * The name as the config file holds it, folded to lower case as Python's ConfigParser does. Throws a `TypeError` for
 * what is no string and a `RangeError` for a name that would not come back from the file as it was, or that is no
 * name: 1 to 255 characters without `=`, `:`, control characters, outer blanks, and `#`, `;` or `[` at the beginning.
 */
export function checkName(value: unknown): string {
  if (typeof value !== 'string') throw invalidType('name', 'a string', value);
  const name = value.toLowerCase();
  const problem = findProblem(name);
  if (problem !== undefined) throw invalidValue(`name ${show(value)} ${problem}`);
  return name;
}

function findProblem(name: string): string | undefined {
  if (name === '') return 'is empty: expected 1 to 255 characters';
  if ([...name].length > MAX_LENGTH) return `is too long: expected 1 to ${MAX_LENGTH} characters`;
  if (/\p{Cc}/u.test(name)) return 'has a control character in it: leave it out';
  if (/\p{Surrogate}/u.test(name)) return 'has half a surrogate pair in it: leave it out';
  if (name.includes('\uFFFD')) return 'has bytes in it that are not UTF-8: leave them out';
  if (name.trim() !== name) return 'has a blank at an end: take it off';
  if (/[=:]/.test(name)) return 'has "=" or ":" in it, which end a name in the config file: leave it out';
  if (/^[#;[]/.test(name))
    return 'begins with "#", ";" or "[", which the config file reads as something else: choose another name';
  return undefined;
}
