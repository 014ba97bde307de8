import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { drawFigure } from './figure.mjs';
import { buildBaseline } from './harness/baseline.mjs';
import { outputOf } from './harness/children.mjs';
import { fallBacks, keep, readKept } from './harness/kept.mjs';
import { describeMachine } from './harness/machine.mjs';
import { inNamespace, noNamespace } from './harness/namespace.mjs';
import { BENCH, PACKAGE } from './harness/paths.mjs';
import { showTable, targetTable } from './harness/tables.mjs';
import { MISSED } from './harness/targets.mjs';

const USAGE = `usage: node bench/run.mjs [--quick] [--rounds N] [--patience SECONDS] [--full] [--write] [--compare] [SUITE...]

  --quick     what takes five minutes: three rounds of the suites pick, load, command, names, scan, lease and wait, with
              fewer and shorter waits
  --rounds N  how often each contestant is measured (7)
  --patience SECONDS
              how long each measurement waits for others to leave the processors alone (0)
  --full      what takes many minutes too: memory over 1,000 scans of each kind
  --write     puts the tables into README.md, where they replace those of the same suites, and draws the figure anew
  --compare   says what fell back by more than a tenth beside the run that README.md shows
  SUITE       pick, scan...: each file of suites/; all of them if none is named
`;

const SUITES = [
  'pick',
  'load',
  'command',
  'names',
  'see',
  'scan',
  'crowd',
  'memory',
  'remote',
  'wait',
  'lease',
  'collisions',
  'pool',
  'portserver',
];

/** What `--quick` measures: one suite for each thing that people compare. */
const QUICK = ['pick', 'load', 'command', 'names', 'scan', 'lease', 'wait'];
const ROUNDS = 7;
const QUICK_ROUNDS = 3;

/** Runs the suites one after the other, so that none disturbs another. */
async function main() {
  const { values, positionals } = readWords();
  const there = readdirSync(join(BENCH, 'suites')).map((file) => file.replace(/\.mjs$/, ''));
  const names = positionals.length > 0 ? positionals : values.quick ? QUICK : SUITES;
  const unknown = names.find((name) => !there.includes(name));
  if (unknown !== undefined)
    throw new TypeError(`there is no suite ${JSON.stringify(unknown)}: ${there.join(', ')}`);
  const rounds = readNumber({ rounds: values.quick ? QUICK_ROUNDS : ROUNDS, ...values }, 'rounds');
  const patience = readNumber(values, 'patience') * 1000;

  if (!existsSync(join(BENCH, 'node_modules'))) {
    throw new TypeError('the packages to measure beside are not installed: npm run bench does that');
  }
  await buildBaseline();
  const machine = await describeMachine();
  console.log(`${machine}\n`);
  const verdicts = [];
  const worse = [];
  for (const name of names) {
    const options = { rounds, patience, full: values.full, quick: values.quick };
    const { report, tables, targets } = await runSuite(name, options);
    console.log(`${report}\n`);
    if (values.compare) worse.push(...fallBacks(name, tables));
    if (values.write) {
      write(name, `${report}\n\n${machine}\n- ${commandLine()}`);
      keep(name, tables);
    }
    verdicts.push(...targets.map(({ what, verdict }) => ({ what: `${name}: ${what}`, verdict })));
  }
  const missed = verdicts.filter(({ verdict }) => verdict === MISSED);
  console.log(`${verdicts.length - missed.length} of ${verdicts.length} targets are met.`);
  for (const { what } of missed) console.log(`missed: ${what}`);
  for (const line of worse) console.log(`fell back: ${line}`);
  if (values.compare && worse.length === 0) console.log('nothing fell back by more than a tenth.');
  if (values.write) writeFileSync(join(PACKAGE, 'docs/images/speed.svg'), drawFigure(readKept()));
}

/** How this run was called, and when. */
function commandLine() {
  return `\`node bench/run.mjs ${process.argv.slice(2).join(' ')}\`, ${new Date().toISOString().slice(0, 10)}`;
}

function readWords() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        compare: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        patience: { type: 'string', default: '0' },
        full: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new TypeError(error.message);
  }
}

function readNumber(values, name) {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= (name === 'rounds' ? 1 : 0)) return number;
  throw new TypeError(`--${name} ${values[name]} is not a whole number in range`);
}

/** What a suite found, as Markdown, and its targets. */
async function runSuite(name, options) {
  process.stderr.write(`${name}\n`);
  const command = [process.execPath, join(BENCH, 'harness', 'run-suite.mjs'), name, JSON.stringify(options)];
  const [program, ...words] = noNamespace() === undefined ? inNamespace(command) : command;
  const { title, tables, targets, skipped } = JSON.parse(await outputOf(program, words));
  const parts = [
    `### ${title}`,
    ...tables.map(showTable),
    ...(targets.length > 0 ? [targetTable(targets)] : []),
    ...skipped.map((reason) => `Not measured: ${reason}`),
  ];
  return { report: parts.join('\n\n'), tables, targets };
}

/** Replaces a suite's part of README.md. */
function write(name, report) {
  const path = join(BENCH, 'README.md');
  const text = readFileSync(path, 'utf8');
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- end of ${name} -->\n`];
  const [before, rest] = split(text, start);
  const [, after] = split(rest, end);
  writeFileSync(path, `${before}${start}\n${report}\n\n${end}${after}`);
}

function split(text, mark) {
  const place = text.indexOf(mark);
  if (place < 0) throw new Error(`README.md has no line ${mark.trim()}`);
  return [text.slice(0, place), text.slice(place + mark.length)];
}

main().catch((error) => {
  process.stderr.write(error instanceof TypeError ? `${error.message}\n\n${USAGE}` : `${error.stack}\n`);
  process.exitCode = error instanceof TypeError ? 2 : 1;
});
