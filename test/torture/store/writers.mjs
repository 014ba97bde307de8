// Many processes write one file at once, some of them are killed, and others read it all the while. Every association
// that a process was told has to be there in the end, with no port for two names, and no reader may miss a name that was
// there before it began.

import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newFolder, note, portFor, runAlone } from '../part.mjs';

const WRITER = `
const { writeSync } = require('node:fs');
const { PortStore } = require(process.argv[1]);
const store = new PortStore(process.argv[2]);
for (let index = 0; index < 5; index++) {
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

/** @param {{ processes: number, together: number, killed: number }} settings `killed`: the share of writers that are */
export async function writers({ processes, together, killed }) {
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
      const child = spawn(process.execPath, ['-e', WRITER, dist, path, prefix], {
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
  const work = async () => {
    while (started < processes) await write(`p${started++}`);
  };
  await Promise.all(Array.from({ length: together }, work));
  const there = new portFor.PortStore(path).boundPortsSync();
  const lost = [...told].filter(([name, port]) => there.get(name) !== port);
  if (lost.length > 0) note(faults, `lost: ${lost.slice(0, 5)}`);
  if (new Set(there.values()).size !== there.size) note(faults, 'a port has two names');
  new portFor.PortStore(path).bindPortSync('last');
  const others = readdirSync(folder).filter((file) => file !== 'port-for.conf');
  if (others.length > 0) note(faults, `left beside the file: ${others}`);
  return { processes, ended, names: there.size, faults };
}

await runAlone(import.meta.url, { processes: 500, together: 20, killed: 0.2 }, writers);
