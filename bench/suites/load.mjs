import { commandMilliseconds, nodeOutput } from '../harness/children.mjs';
import { PACKAGE, worker } from '../harness/paths.mjs';
import { inTurn } from '../harness/rounds.mjs';
import { median, ratio } from '../harness/statistics.mjs';
import { measuredTable } from '../harness/tables.mjs';
import { judge } from '../harness/targets.mjs';

export const title = 'Loading the package in a fresh process';

const OURS = 'port-for-native';
const PACKAGES = {
  [OURS]: [PACKAGE, 'require'],
  'get-port': ['get-port', 'import'],
  'get-port-please': ['get-port-please', 'require'],
  portfinder: ['portfinder', 'require'],
  'detect-port': ['detect-port', 'require'],
};

/** What each measurement of a process is about. */
const ASPECTS = {
  load: { title: 'Load', unit: 'ms' },
  pick: { title: 'First pick after it', unit: 'ms' },
  both: { title: 'Load and first pick', unit: 'ms' },
  resident: { title: 'Resident memory after it, over an empty Node', unit: 'MiB' },
};

export async function run({ rounds }) {
  const empty = [];
  const contestants = {
    'node -e 0': () => commandMilliseconds(process.execPath, ['-e', '0']),
    'empty Node': async () => {
      empty.push((await nodeOutput(worker('load.mjs'))).resident);
      return {};
    },
  };
  for (const [name, words] of Object.entries(PACKAGES)) {
    contestants[name] = async () => {
      const { load, pick, resident } = await nodeOutput(worker('load.mjs'), words);
      return {
        [`load ${name}`]: load,
        [`pick ${name}`]: pick,
        [`both ${name}`]: load + pick,
        [`resident ${name}`]: resident,
      };
    };
  }
  // Processes differ among one another more than calls do.
  const rows = await inTurn(contestants, rounds * 3);
  const emptyMemory = median(empty);
  const valuesOf = (aspect, name) =>
    rows.get(`${aspect} ${name}`).map((value) => (aspect === 'resident' ? value - emptyMemory : value));
  const start = { work: 'node -e 0', milliseconds: median(rows.get('node -e 0')) };
  return {
    tables: Object.entries(ASPECTS).map(([aspect, { title, unit }]) =>
      measuredTable({
        title,
        unit,
        rows: new Map(Object.keys(PACKAGES).map((name) => [name, valuesOf(aspect, name)])),
        reference: OURS,
      }),
    ),
    targets: [
      judge({
        what: 'require()',
        value: median(valuesOf('load', OURS)),
        unit: 'ms',
        most: 6,
        machine: start,
      }),
      judge({
        what: 'first pick',
        value: median(valuesOf('pick', OURS)),
        unit: 'ms',
        most: 3,
        machine: start,
      }),
      ...Object.keys(PACKAGES)
        .filter((name) => name !== OURS)
        .map((name) =>
          judge({
            what: `load and first pick ahead of ${name}`,
            value: ratio(valuesOf('both', name), valuesOf('both', OURS)),
            unit: 'x',
            least: 1,
          }),
        ),
      judge({ what: 'resident memory', value: median(valuesOf('resident', OURS)), unit: 'MiB', most: 6 }),
    ],
  };
}
