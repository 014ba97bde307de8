/** A container that a process runs in. */
export interface Container {
  /** The engine, as its control groups tell: `'docker'`, `'podman'`, `'kubernetes'`, `'lxc'`... */
  readonly engine: string;
  /** The engine's id of it: 64 hexadecimal digits, or for lxc and systemd-nspawn the name. */
  readonly id: string;
  /** Its name, where the engine's socket can be asked for it. */
  readonly name?: string;
}

/** What the control group of a process tells of who started it. */
export interface ControlGroup {
  /** The systemd unit: `'nginx.service'`. */
  readonly unit?: string;
  readonly container?: Container;
}

const ID = '([0-9a-f]{64})';

/** The paths that engines give the groups of their containers, by systemd and without, in version 1 and 2. */
const CONTAINERS: readonly (readonly [engine: string, path: RegExp])[] = [
  ['kubernetes', new RegExp(`kubepods.*[/-]${ID}(?:\\.scope)?(?:/|$)`)],
  ['docker', new RegExp(`/docker[/-]${ID}(?:\\.scope)?(?:/|$)`)],
  ['podman', new RegExp(`/libpod-${ID}(?:\\.scope)?(?:/|$)`)],
  ['containerd', new RegExp(`/(?:cri-containerd|nerdctl)[:-]${ID}(?:\\.scope)?(?:/|$)`)],
  ['cri-o', new RegExp(`/crio-${ID}(?:\\.scope)?(?:/|$)`)],
  ['lxc', /\/lxc(?:\.payload)?[./]([^/]+)/],
  ['systemd-nspawn', /\/machine\.slice\/(?:machine-|systemd-nspawn@)([^/]+?)\.(?:scope|service)/],
  ['unknown', new RegExp(`[/:-]${ID}(?:\\.scope)?(?:/|$)`)],
];

/** Scopes that systemd makes of what a person or an engine started: they say no more than the chain of parents. */
const NO_UNIT = /^(?:session-|init\.scope|vte-spawn-|machine-|user@|.*[0-9a-f]{64}\.scope)/;

/** Reads the text of `/proc/PID/cgroup` (cgroups(7)). */
export function parseControlGroup(text: string): ControlGroup {
  const paths = text
    .split('\n')
    .map((line) => /^\d+:[^:]*:(.*)$/.exec(line)?.[1])
    .filter((path) => path !== undefined && path !== '/');
  const container = paths.map((path) => findContainer(path ?? '')).find((found) => found !== undefined);
  const unit = paths.map((path) => findUnit(path ?? '')).find((found) => found !== undefined);
  return { ...(unit === undefined ? {} : { unit }), ...(container === undefined ? {} : { container }) };
}

function findContainer(path: string): Container | undefined {
  // Podman's monitor of a container runs outside of it.
  if (path.includes('/libpod-conmon-')) return undefined;
  for (const [engine, pattern] of CONTAINERS) {
    const id = pattern.exec(path)?.[1];
    if (id !== undefined) return { engine, id: unescapeUnit(id) };
  }
  return undefined;
}

function findUnit(path: string): string | undefined {
  const unit = path
    .split('/')
    .reverse()
    .find((part) => /\.(?:service|scope)$/.test(part) && !NO_UNIT.test(part));
  return unit === undefined ? undefined : unescapeUnit(unit);
}

/** systemd writes other characters as `\x2d`. */
function unescapeUnit(name: string): string {
  return name.replace(/\\x([0-9a-f]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
}
