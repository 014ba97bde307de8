import { join } from 'node:path';
import type { Test } from 'tap';
import { PortStore } from '../../lib/store/port-store';

/** A config file of a test's own, and the words that name it. */
export function newConfig(t: Test): { store: PortStore; words: string[] } {
  const path = join(t.testdir(), 'port-for.conf');
  return { store: new PortStore(path), words: ['--config', path] };
}

/** The words that run a program of Node. */
export const node = (program: string): string[] => [process.execPath, '-e', program];

export const NO_SIGNALS: string | false =
  process.platform === 'win32' ? 'Windows has no such signals' : false;
