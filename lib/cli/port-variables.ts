import { UsageError } from './usage-error';

/** The ports of a command that is run, by what its arguments call them. */
export type PortsByKey = ReadonlyMap<string, number>;

/**
 * What the environment of a command says about its ports: `PORT` the first, and each by its name in upper case, other
 * characters as `_`: `my-app` as `MY_APP_PORT`. Temporary ports, which have no names, are `PORT_1`, `PORT_2`...
 * Throws a {@link UsageError} where two names mean the same variable.
 */
export function portVariables(ports: PortsByKey, isNamed: boolean): Record<string, string> {
  const [first] = ports.values();
  const variables: Record<string, string> = first === undefined ? {} : { PORT: `${first}` };
  for (const [key, port] of ports) variables[isNamed ? variableOf(key) : `PORT_${key}`] = `${port}`;
  return variables;
}

/** Throws a {@link UsageError} where two of the names mean the same variable. */
export function checkVariables(names: Iterable<string>): void {
  const nameOf = new Map<string, string>();
  for (const name of names) {
    const variable = variableOf(name);
    const other = nameOf.get(variable);
    if (other !== undefined) {
      throw new UsageError(
        `${JSON.stringify(other)} and ${JSON.stringify(name)} are both ${variable}: rename one`,
      );
    }
    nameOf.set(variable, name);
  }
}

/** An argument with `{KEY}` replaced by the port of that key, whatever its case; other braces stay. */
export function fillIn(argument: string, ports: PortsByKey): string {
  return argument.replace(/\{([^{}]+)\}/g, (text, key: string) => `${ports.get(key.toLowerCase()) ?? text}`);
}

function variableOf(name: string): string {
  return `${name.toUpperCase().replace(/[^A-Z0-9]/gu, '_')}_PORT`;
}
