/**
 * A text as one line that changes nothing on a terminal: control characters, as an escape sequence in the name of a file
 * or in a config file, are written as `\\x1b`, and those that turn the direction of writing as `\\u202e`.
 */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
