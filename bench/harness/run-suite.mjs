// Runs one suite and prints what it found as JSON: `run-suite.mjs NAME OPTIONS`. A process of its own, so that no
// suite inherits what another left behind.
import { bePatient } from './rounds.mjs';

const name = process.argv[2];
const options = JSON.parse(process.argv[3]);
bePatient(options.patience);
const suite = await import(`../suites/${name}.mjs`);
const { tables = [], targets = [], skipped = [] } = await suite.run(options);
process.stdout.write(JSON.stringify({ title: suite.title, tables, targets, skipped }), () => process.exit());
