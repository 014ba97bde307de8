/** A text that others chose, such as a process's name: as ps has it, nothing of it moves a reader's cursor. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?').trim();
}
