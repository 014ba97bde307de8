/**
 * The mutants of one file.
 *
 * @param {string} file
 * @param {string} usual the test file that has to notice them, unless they name others
 * @param {readonly (readonly [name: string, find: string, replace: string, ...tests: string[]])[]} mutants
 * @returns {import('./index.mjs').Mutant[]}
 */
export function inFile(file, usual, mutants) {
  return mutants.map(([name, find, replace, ...tests]) => {
    return { name, file, find, replace, tests: tests.length > 0 ? tests : [usual] };
  });
}
