// Runs one suite and prints what it found as JSON: `run-suite.mjs NAME OPTIONS`. A process of its own, so that no
// suite inherits what another left behind.
const [name, options] = process.argv.slice(2);
const suite = await import(`../suites/${name}.mjs`);
const { tables = [], targets = [], skipped = [] } = await suite.run(JSON.parse(options));
process.stdout.write(JSON.stringify({ title: suite.title, tables, targets, skipped }), () => process.exit());
