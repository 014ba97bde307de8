import { BLIND } from './blind.mjs';
import { COMMANDS } from './commands.mjs';
import { HOLDING } from './holding.mjs';
import { LIBRARY } from './library.mjs';
import { NATIVE } from './native.mjs';
import { SEEING } from './seeing.mjs';

/**
 * One small fault, and the tests that have to notice it.
 * @typedef {object} Mutant
 * @property {string} name what it breaks, for a reader
 * @property {string} file
 * @property {string} find a text that the file holds once
 * @property {string} replace what stands there instead
 * @property {string[]} tests the test files that are run
 * @property {string} [lives] why no test can notice it, where that is so
 */

/** @type {Mutant[]} */
export const MUTANTS = [...LIBRARY, ...NATIVE, ...BLIND, ...HOLDING, ...SEEING, ...COMMANDS];
