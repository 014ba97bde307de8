import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandMilliseconds, nodeOutput } from '../harness/children.mjs';
import { loadPackage, ownCommand, worker } from '../harness/paths.mjs';
import { inTurn, medianMilliseconds } from '../harness/rounds.mjs';
import { measuredTable } from '../harness/tables.mjs';

const { PortStore } = loadPackage();

export const title = 'Names and their config file';

const NAMES = 10_000;
const CHECKOUTS = 1000;
const NAMES_OF_EACH = 5;
const BIND = 'bindPort(), a new name';
const SAME = "the same calls of Node's fs: write, flush, rename, flush";
const EMPTY = 'node -e 0';

export async function run({ rounds }) {
  const folders = [mkdtempSync(join(tmpdir(), 'port-for-bench-'))];
  try {
    const [disk] = folders;
    const tables = [
      await measureReading(disk, rounds),
      await measureHere(disk, rounds * 3),
      await measureBind(disk, rounds),
    ];
    const memory = tryFolder('/dev/shm');
    if (memory === undefined) return { tables, skipped: ['binds on tmpfs, which is not at /dev/shm here'] };
    folders.push(memory);
    return { tables: [...tables, await measureBind(memory, rounds, 'on tmpfs')] };
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true });
  }
}

function tryFolder(parent) {
  try {
    return mkdtempSync(join(parent, 'port-for-bench-'));
  } catch {
    return undefined;
  }
}

/** Reads by processes that read for the first time, and again. */
async function measureReading(folder, rounds) {
  const list = join(folder, 'list.conf');
  const lines = Array.from({ length: NAMES }, (_, index) => `name${index} = ${20_000 + index}\n`);
  writeFileSync(list, `[DEFAULT]\n${lines.join('')}`);
  const [few, many] = [join(folder, 'few.conf'), join(folder, 'many.conf')];
  writeFileSync(few, '[DEFAULT]\nfoo = 20001\n');
  writeFileSync(many, `[DEFAULT]\nfoo = 20001\n${sections().join('')}`);
  const read = (path, call) => async () => nodeOutput(worker('names.mjs'), [path, call]);
  const rows = await inTurn(
    {
      list: async () => named(`all of ${NAMES} names`, await read(list, 'list')()),
      few: async () => named('one name of one', await read(few, 'name')()),
      many: async () =>
        named(`one name beside ${CHECKOUTS} checkouts of ${NAMES_OF_EACH} names`, await read(many, 'name')()),
    },
    rounds * 3,
  );
  return measuredTable({ title: 'Reading the config file', unit: 'ms', rows });
}

function named(what, { first, later }) {
  return { [`${what}, first in a process`]: first, [`${what}, later`]: later };
}

function sections() {
  return Array.from({ length: CHECKOUTS }, (_, checkout) => {
    const names = Array.from(
      { length: NAMES_OF_EACH },
      (_, name) => `name${name} = ${21_000 + checkout * NAMES_OF_EACH + name}\n`,
    );
    return `\n[/home/user/checkout${checkout}]\n${names.join('')}`;
  });
}

async function measureHere(folder, rounds) {
  const config = join(folder, 'here.conf');
  const checkout = join(folder, 'checkout');
  mkdirSync(join(checkout, '.git'), { recursive: true });
  writeFileSync(join(checkout, '.git', 'HEAD'), 'ref: refs/heads/main\n');
  const node = (...words) => commandMilliseconds(process.execPath, words);
  const portFor = (...words) => node(ownCommand('port-for'), '--config', config, ...words);
  const here = ['--project', checkout, 'foo'];
  portFor('foo');
  portFor(...here);
  const rows = await inTurn(
    {
      [EMPTY]: () => node('-e', '0'),
      'port-for foo': () => portFor('foo'),
      'port-for --project FOLDER foo, as --here': () => portFor(...here),
    },
    rounds,
  );
  return measuredTable({ title: 'A known name of a checkout', unit: 'ms', rows, reference: EMPTY });
}

async function measureBind(folder, rounds, where = 'on a disk') {
  const path = join(folder, 'bind.conf');
  const [fresh, place] = [join(folder, 'fresh'), join(folder, 'place')];
  let count = 0;
  const store = new PortStore(path);
  const text = '[DEFAULT]\nfoo = 20001\n';
  const rows = await inTurn(
    {
      [BIND]: () => {
        writeFileSync(path, text);
        return medianMilliseconds(30, () => store.bindPortSync(`name${count++}`));
      },
      [SAME]: () => medianMilliseconds(30, () => replaceFlushed(folder, fresh, place, text)),
    },
    rounds,
  );
  return measuredTable({
    title: `A bind that outlives a power cut, ${where}`,
    unit: 'ms',
    rows,
    reference: BIND,
  });
}

function replaceFlushed(folder, fresh, place, text) {
  const file = openSync(fresh, 'w');
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(fresh, place);
  const directory = openSync(folder, 'r');
  fsyncSync(directory);
  closeSync(directory);
}
