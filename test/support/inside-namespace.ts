import { execFileSync, spawnSync } from 'node:child_process';
import t from 'tap';
import { namespaceIsMissing } from './namespace';

const MARK = 'TEST_INSIDE_NAMESPACE';

/**
 * Runs the tests of `file` in a network namespace of its own, whose loopback is up and which nothing else shares: the
 * file is run again there, and what its tests say is passed on.
 */
export function insideNamespace(file: string, tests: () => void): void {
  if (process.env[MARK] === file) {
    sh('ip', 'link', 'set', 'lo', 'up');
    tests();
    return;
  }
  const skip = namespaceIsMissing() || (has('ip', '-V') ? false : 'needs ip (iproute2)');
  const words = ['--net', process.execPath, ...process.execArgv, file];
  t.spawn('unshare', words, { skip, env: { ...process.env, [MARK]: file } }, 'in a namespace');
}

/** Runs a program that has to succeed, with `input` for its standard input. */
export function sh(program: string, ...words: string[]): void {
  execFileSync(program, words, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Adds rules to the packet filter of the namespace, in the language of nft(8). */
export function filter(rules: string): void {
  execFileSync('nft', ['-f', '-'], { input: rules, stdio: ['pipe', 'ignore', 'inherit'] });
}

/** Why the packet filter cannot be set; false where it can. */
export const NO_FILTER: string | false = has('nft', '--version') ? false : 'needs nft (nftables)';

function has(program: string, word: string): boolean {
  return spawnSync(program, [word]).status === 0;
}
