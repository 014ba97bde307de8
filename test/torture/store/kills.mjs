// Writers are killed with SIGKILL at any moment of a write, where the file is replaced and where it is rewritten in place
// (a file with a second hard link, of many names). What a writer said is done has to be there afterwards; the change that
// was under way may be there or not; nothing else may have changed, and the next writer is not kept waiting.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { linkSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newFolder, note, portFor, runAlone } from '../part.mjs';

const WRITER = `
const { writeSync } = require('node:fs');
const { PortStore } = require(process.argv[1]);
const store = new PortStore(process.argv[2]);
const first = Number(process.argv[3]);
const say = (...words) => writeSync(1, words.join(' ') + '\\n');
for (let count = first; ; count++) {
  const [name, port] = ['n' + (count % 40), 1 + (count % 60000)];
  say('try', name, port);
  if (store.boundPortsSync().has(name)) store.unbindPortSync(name);
  say('try', name, port);
  store.bindPortSync(name, port);
  say('did', name, port);
}
`;

const PYTHON_READS = `
import configparser, sys
parser = configparser.ConfigParser()
parser.read(sys.argv[1])
print(len(parser.defaults()))
`;

class Place {
  /** @param {string} kind @param {number} steady how many names are there that nobody touches */
  constructor(kind, steady) {
    this.kind = kind;
    this.folder = newFolder(`kills-${kind}`);
    this.path = join(this.folder, 'port-for.conf');
    /** @type {Map<string, number>} */
    this.model = new Map(Array.from({ length: steady }, (_, index) => [`steady-${index}`, 60_001 + index]));
    const lines = [...this.model].map(([name, port]) => `${name} = ${port}\n`);
    writeFileSync(this.path, `[DEFAULT]\n${lines.join('')}`);
    if (kind === 'in-place') linkSync(this.path, join(this.folder, 'link'));
    this.store = new portFor.PortStore(this.path, { lockTimeout: 10_000 });
    this.next = 0;
  }

  /** Starts a writer, kills it, and compares. @param {string[]} faults */
  async kill(faults) {
    const dist = fileURLToPath(new URL('../../../dist/index.js', import.meta.url));
    const writer = spawn(process.execPath, ['-e', WRITER, dist, this.path, `${this.next}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    writer.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    const closed = once(writer, 'close');
    const isWriting = await Promise.race([once(writer.stdout, 'data'), closed.then(() => false)]);
    if (isWriting === false) {
      note(faults, `${this.kind}: a writer ended by itself, with exit code ${writer.exitCode}`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 25));
    writer.kill('SIGKILL');
    await closed;
    const lines = said
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' '));
    for (const [word, name = '', port] of lines) {
      if (word === 'did') this.model.set(name, Number(port));
    }
    const [word, tried, port] = lines.at(-1) ?? [];
    this.next += 1 + lines.filter(([word]) => word === 'did').length;
    this.compare(faults, word === 'try' ? tried : undefined, Number(port));
  }

  /** @param {string[]} faults @param {string | undefined} open the name whose change was under way @param {number} port */
  compare(faults, open, port) {
    let there;
    try {
      there = this.store.boundPortsSync();
    } catch (error) {
      note(faults, `${this.kind}: torn: ${error}`);
      return;
    }
    if (open !== undefined) {
      const now = there.get(open);
      if (now !== undefined && now !== port && now !== this.model.get(open))
        note(faults, `${open} has port ${now}`);
      if (now === undefined) this.model.delete(open);
      else this.model.set(open, now);
    }
    const wrong = [...this.model].filter(([name, port]) => there.get(name) !== port);
    if (wrong.length > 0) note(faults, `${this.kind}: lost ${wrong.slice(0, 3)}`);
    if (there.size !== this.model.size)
      note(faults, `${this.kind}: ${there.size} names for ${this.model.size}`);
    this.model = new Map(there);
    try {
      this.store.bindPortSync('next', 65_535);
      this.store.unbindPortSync('next');
    } catch (error) {
      note(faults, `${this.kind}: the next writer: ${error}`);
    }
    const others = readdirSync(this.folder).filter((file) => file.startsWith('.'));
    if (others.length > 0) note(faults, `${this.kind}: left beside the file: ${others}`);
    // Python takes as long to start as a writer.
    if (Math.random() < 0.9) return;
    const { stdout } = spawnSync('python3', ['-c', PYTHON_READS, this.path], { encoding: 'utf8' });
    if (Number(stdout) !== this.model.size) note(faults, `Python reads ${stdout}`);
  }
}

/** @param {{ kills: number, pairs: number }} settings `pairs`: at how many files of each kind writers are killed at once */
export async function kills({ kills, pairs }) {
  /** @type {string[]} */
  const faults = [];
  const places = Array.from({ length: pairs }, () => [
    new Place('replaced', 10),
    new Place('in-place', 3000),
  ]).flat();
  let begun = 0;
  const work = async (/** @type {Place} */ place) => {
    while (begun++ < kills) await place.kill(faults);
  };
  await Promise.all(places.map(work));
  return { kills, faults };
}

await runAlone(import.meta.url, { kills: 10_000, pairs: 4 }, kills);
