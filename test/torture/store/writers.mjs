// Many processes write one file at once, some of them are killed, and others read it all the while. Every association
// that a process was told has to be there in the end, with no port for two names, and no reader may miss a name that was
// there before it began.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newFolder, note, portFor, runAlone } from '../part.mjs';

const WRITER = `
const { writeSync } = require('node:fs');
const { PortStore } = require(process.argv[1]);
const store = new PortStore(process.argv[2]);
for (let index = 0; index < Number(process.argv[4]); index++) {
  const name = process.argv[3] + '-' + index;
  const port = store.bindPortSync(name);
  writeSync(1, name + ' ' + port + '\\n');
  const own = [...Array(index + 1).keys()].map((index) => process.argv[3] + '-' + index);
  const there = store.boundPortsSync();
  const missing = own.filter((name) => !there.has(name));
  if (missing.length > 0) writeSync(1, 'missing ' + missing + '\\n');
  if (store.bindPortSync(name) !== port) writeSync(1, 'changed ' + name + '\\n');
}
`;

/** Reads until its input ends: what was there once is there in each later reading. */
const READER = `
const { writeSync } = require('node:fs');
const { PortStore } = require(process.argv[1]);
const store = new PortStore(process.argv[2]);
let isTimeUp = false;
process.stdin.on('end', () => (isTimeUp = true)).resume();
let seen = new Map();
let readings = 0;
const read = () => {
  const there = store.boundPortsSync();
  const missing = [...seen].filter(([name, port]) => there.get(name) !== port);
  if (missing.length > 0) writeSync(1, 'torn ' + missing.slice(0, 5) + '\\n');
  seen = there;
  readings++;
  if (isTimeUp) writeSync(1, 'readings ' + readings + '\\n');
  else setImmediate(read);
};
read();
`;

/**
 * Each of the writers binds so many `names`. `killed` is the share of them that are.
 * @param {{ processes: number, together: number, killed: number, names: number, readers: number }} settings
 */
export async function writers({ processes, together, killed, names, readers }) {
  const folder = newFolder('writers');
  const path = join(folder, 'port-for.conf');
  const dist = fileURLToPath(new URL('../../../dist/index.js', import.meta.url));
  /** @type {string[]} */
  const faults = [];
  /** @type {Map<string, number>} */
  const told = new Map();
  let started = 0;
  let ended = 0;
  const write = (/** @type {string} */ prefix) =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, ['-e', WRITER, dist, path, prefix, `${names}`], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const isKilled = Math.random() < killed;
      if (isKilled) setTimeout(() => child.kill('SIGKILL'), 40 + Math.random() * 200);
      let said = '';
      let complained = '';
      child.stdout.setEncoding('utf8').on('data', (text) => {
        said += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text) => {
        complained += text;
      });
      child.once('close', (code) => {
        for (const line of said.split('\n').filter((line) => line !== '')) {
          const [name = '', port] = line.split(' ');
          if (/^\d+$/.test(port ?? '')) told.set(name, Number(port));
          else note(faults, line);
        }
        if (code !== 0 && !isKilled) note(faults, `${prefix}: ${complained.slice(0, 300)}`);
        if (code === 0) ended++;
        resolve(undefined);
      });
    });
  let readings = 0;
  const startReader = () => {
    const child = spawn(process.execPath, ['-e', READER, dist, path], { stdio: 'pipe' });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        said += text;
      });
    }
    const closed = once(child, 'close');
    return async () => {
      child.stdin.end();
      const [code] = await closed;
      const complaints = said.replace(/^readings (\d+)\n/m, (_, count) => {
        readings += Number(count);
        return '';
      });
      if (code !== 0 || complaints !== '') faults.unshift(`reader: ${complaints.slice(0, 300)}`);
    };
  };
  const endReaders = Array.from({ length: readers }, startReader);
  const work = async () => {
    while (started < processes) await write(`p${started++}`);
  };
  await Promise.all(Array.from({ length: together }, work));
  await Promise.all(endReaders.map((end) => end()));
  const there = new portFor.PortStore(path).boundPortsSync();
  const lost = [...told].filter(([name, port]) => there.get(name) !== port);
  if (lost.length > 0) note(faults, `lost: ${lost.slice(0, 5)}`);
  if (new Set(there.values()).size !== there.size) note(faults, 'a port has two names');
  new portFor.PortStore(path).bindPortSync('last');
  const others = readdirSync(folder).filter((file) => file !== 'port-for.conf');
  if (others.length > 0) note(faults, `left beside the file: ${others}`);
  return { processes, ended, names: there.size, readings, faults };
}

const LONG = { processes: 500, together: 20, killed: 0.2, names: 5, readers: 2 };
await runAlone(import.meta.url, LONG, writers);
