/** Milliseconds on a clock that no one sets. Node loads `performance` when it is first used, which takes 1 ms and more. */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
