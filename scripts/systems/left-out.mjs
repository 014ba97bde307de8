/** The tests that a system does not run, by the beginning of their path, and why. */
const UNIX = 'starts POSIX programs, or sets modes and owners';
const NAMESPACES = 'needs network namespaces of Linux';

const MANY_PROGRAMS = 'starts many programs, each of which takes seconds in the emulator';

const BUILD_ONLY = {
  'test/package/': 'packs and installs: the same everywhere, and run by npm test',
  'test/data/': 'makes the tables: the same everywhere, and run by npm test',
  'test/public-types.ts': 'judges the types: the same everywhere, and run by npm test',
  'test/examples/npm/': 'installs tools from npm: the same everywhere, by npm run test:examples',
  'test/docs/': 'runs the examples of the documentation, by npm test',
};

export const LEFT_OUT = {
  node: BUILD_ONLY,
  arm64: {
    ...BUILD_ONLY,
    'test/network/': `${NAMESPACES} with programs of this architecture inside`,
    'test/cli/': MANY_PROGRAMS,
    'test/examples/recipes.ts': MANY_PROGRAMS,
  },
  windows: {
    ...BUILD_ONLY,
    'test/network/': NAMESPACES,
    'test/store/beside-python.ts': 'needs Python for Windows',
    'test/cli/port-for-concurrent.ts':
      'the server of Wine 8 crashes (SIGSEGV) under it beside other files; passes alone',
    'test/cli/port-for-run': UNIX,
    'test/cli/port-for-stop.ts': UNIX,
    'test/process/': 'reads /proc',
  },
};
