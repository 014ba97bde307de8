/** Invalid arguments: told on standard error beside the short usage, with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
