/** The first descriptor that is passed on (SD_LISTEN_FDS_START). */
const FIRST = 3;

/** What systemd calls a socket that has no name. */
const UNKNOWN = 'unknown';

let received: ReadonlyMap<string, readonly number[]> | undefined;

/**
 * The listening sockets that a service manager (systemd, or `port-for --run NAME --listen-fds`) passed to this process:
 * their descriptors, by name, for `server.listen({ fd })`. Empty where none were passed to it: LISTEN_PID must be its
 * number. The first call takes LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES out of the environment, so that no child takes
 * them for its own; every call returns the same.
 *
 * @example
 * const [fd] = listenFds().get('web') ?? [];
 * server.listen(fd === undefined ? { port: 8080 } : { fd });
 */
export function listenFds(): Map<string, number[]> {
  received ??= read(process.env);
  return new Map([...received].map(([name, fds]) => [name, [...fds]]));
}

function read(environment: NodeJS.ProcessEnv): ReadonlyMap<string, readonly number[]> {
  const { LISTEN_PID: pid, LISTEN_FDS: count = '', LISTEN_FDNAMES: names = '' } = environment;
  const found = new Map<string, number[]>();
  if (pid !== `${process.pid}` || !/^\d{1,5}$/.test(count)) return found;
  for (const variable of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) delete environment[variable];
  const nameOf = names.split(':');
  for (let index = 0; index < Number(count); index++) {
    const name = nameOf[index] || UNKNOWN;
    const fds = found.get(name);
    if (fds === undefined) found.set(name, [FIRST + index]);
    else fds.push(FIRST + index);
  }
  return found;
}
