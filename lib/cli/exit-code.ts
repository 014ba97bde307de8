/** What a command tells its caller by the way it ends. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** `--who`: nobody has the port. */
  nobody: 3,
  /** A command that was to be run is there but cannot be, or is not there, as shells count it. */
  cannotRun: 126,
  notFound: 127,
  /** 128 + SIGINT, as shells count it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
