/** @type {import('./index.mjs').Mutant[]} */
export const NATIVE = [];
