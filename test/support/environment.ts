import type { Test } from 'tap';

/** Sets variables of the environment until the end of a test; undefined removes one. */
export function withEnvironment(t: Test, changes: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(changes)) {
    const before = process.env[name];
    t.teardown(() => set(name, before));
    set(name, value);
  }
}

function set(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
