import { defaultConfigPath, userConfigPath } from '../store/config-path';
import { PortStore } from '../store/port-store';

/** A name that a port is associated with. */
export interface PortName {
  /** The name. */
  readonly name: string;
  /** The config file that says so. */
  readonly config: string;
}

/**
 * The names of ports, by port, in the config files that apply to this user: that of `config` alone where one is given.
 * A file that cannot be read says nothing: a look at ports does not fail for a name.
 */
export function portNames(config?: string): Map<number, PortName[]> {
  const names = new Map<number, PortName[]>();
  for (const path of config === undefined ? configPaths() : [config]) {
    for (const [name, port] of readPorts(path)) {
      names.set(port, [...(names.get(port) ?? []), { name, config: path }]);
    }
  }
  return names;
}

function configPaths(): Set<string> {
  const paths = new Set([defaultConfigPath()]);
  try {
    paths.add(userConfigPath());
  } catch {
    // A user without a home has no file of their own.
  }
  return paths;
}

function readPorts(path: string): Map<string, number> {
  try {
    return new PortStore(path).boundPortsSync();
  } catch {
    return new Map();
  }
}
