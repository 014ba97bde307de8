/** @type {import('./index.mjs').Mutant[]} */
export const LIBRARY = [
  {
    name: 'ports good for either transport are picked for both',
    file: 'lib/pick/judged-pick.ts',
    find: 'ports.intersection(others)',
    replace: 'ports.union(others)',
    tests: ['test/pick/pick.ts'],
  },
];
