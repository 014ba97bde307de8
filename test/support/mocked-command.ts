import type { Test } from 'tap';

/**
 * A file of `lib/cli/commands/` with `mocks` in the place of modules, by their paths below `lib/` or as those of
 * Node.js, and the lines that it prints.
 */
export function mockCommand<Command>(t: Test, name: string, mocks: Record<string, object>) {
  const printed: string[] = [];
  const modules = Object.entries(mocks).map(([path, mock]) => [
    path.startsWith('node:') ? path : `../../lib/${path}`,
    mock,
  ]);
  const command = t.mockRequire(`../../lib/cli/commands/${name}`, {
    ...Object.fromEntries(modules),
    '../../lib/cli/print': { print: (...lines: string[]) => printed.push(...lines) },
  }) as Command;
  return { command, printed };
}
