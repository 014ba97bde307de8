import { UsageError } from './usage-error';

/** The ports of a command that is run, by what its arguments call them. */
export type PortsByKey = ReadonlyMap<string, number>;

/**
 * What the environment of a command says about its ports: `PORT` the first, and each by its name ({@link variableOf}).
 * Temporary ports, which have no names, are `PORT_1`, `PORT_2`...
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

/**
 * The variable of a name, which every shell can read: upper case, other characters than letters and digits as `_`, and
 * one before a leading digit. `my-app` is `MY_APP_PORT`, `8080` is `_8080_PORT`.
 */
export function variableOf(name: string): string {
  return `${name
    .toUpperCase()
    .replace(/[^A-Z0-9]/gu, '_')
    .replace(/^(?=\d)/, '_')}_PORT`;
}

/** Says which names have a variable that nobody would expect. */
export function explainVariables(names: Iterable<string>): string[] {
  return Array.from(names)
    .filter((name) => /^\d/.test(name))
    .map(
      (name) =>
        `${JSON.stringify(name)} is ${variableOf(name)}: no shell reads a variable that begins with a digit`,
    );
}
