/**
 * The base of all errors that this package throws on purpose and that are not about a bad argument. Each has a stable
 * `code` that begins with `ERR_PORT_` and carries the values that caused it as properties. Bad arguments are plain
 * `TypeError`s and `RangeError`s with such a code.
 */
export class PortForError extends Error {
  /** What went wrong, in a form that never changes: `ERR_PORT_` and a word or two. */
  readonly code: string;

  /** @internal */
  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}
