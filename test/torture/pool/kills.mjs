// A pool is killed again and again in the middle of reserving and releasing, while outgoing connections come and go as
// noise. Each pool on its state file must hold again all that was promised and not given back, with no port twice, and the
// kernel must have let all go in between. Owners are processes; some of them are killed too, and then nothing of theirs
// may be left.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newFolder, note, portFor, ROOT, runAlone } from '../part.mjs';

const POOL = `
const { PortPool } = require(${JSON.stringify(join(ROOT, 'dist/index.js'))});
const pool = new PortPool({ state: process.argv[1] });
const owners = JSON.parse(process.argv[2]);
// Each word has left the process before the next step: in a channel that the parent does not empty in time it would wait,
// and die with the process.
const say = (value) => new Promise((resolve) => process.send(value, resolve));
process.send({ unheld: [...pool].flatMap(({ unheld }) => unheld), ports: [...pool].flatMap(({ ports }) => ports) });
(async () => {
  for (;;) {
    const owner = owners[Math.floor(Math.random() * owners.length)];
    const options = { count: 1 + Math.floor(Math.random() * 3), process: owner };
    const reservation = await pool.reserve('owner-' + owner, options);
    await say({ owner, reserved: reservation.ports });
    const all = [...pool];
    if (all.length > 8) {
      const one = all[Math.floor(Math.random() * all.length)];
      await say({ released: one.ports });
      one.release();
    }
  }
})().catch((error) => process.send({ fault: String(error) }));`;

/** @typedef {{ reserved?: number[], released?: number[], owner?: number, fault?: string }} Told */

const OWNERS = 4;

/** @param {{ kills: number }} settings */
export async function runKills({ kills }) {
  /** @type {string[]} */
  const faults = [];
  const state = join(newFolder('pool'), 'state');
  const noise = await makeNoise();
  /** Who has a port that was promised, by process number. @type {Map<number, number>} */
  const promised = new Map();
  const owners = Array.from({ length: OWNERS }, startOwner);
  let reservations = 0;
  let ended = 0;
  for (let kill = 0; kill < kills; kill++) {
    if (kill % 10 === 9) {
      const gone = owners.shift();
      gone?.kill('SIGKILL');
      if (gone !== undefined) await once(gone, 'exit');
      for (const [port, owner] of promised) if (owner === gone?.pid) promised.delete(port);
      owners.push(startOwner());
      ended++;
    }
    const pids = JSON.stringify(owners.map(({ pid }) => pid));
    const child = spawn(process.execPath, ['-e', POOL, state, pids], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const closed = once(child, 'close');
    const [first] = await once(child, 'message');
    const held = new Set(first.ports);
    if (held.size !== first.ports.length) note(faults, `kill ${kill}: a port is there twice`);
    if (first.unheld.length > 0) note(faults, `kill ${kill}: not held again: ${first.unheld}`);
    for (const port of promised.keys())
      if (!held.has(port)) note(faults, `kill ${kill}: ${port} was promised and is lost`);
    child.on('message', (/** @type {Told} */ { reserved = [], released = [], owner = 0, fault }) => {
      for (const port of reserved) {
        if (promised.has(port)) note(faults, `kill ${kill}: ${port} was given twice`);
        promised.set(port, owner);
      }
      for (const port of released) promised.delete(port);
      if (reserved.length > 0) reservations++;
      if (fault !== undefined) note(faults, `kill ${kill}: ${fault}`);
    });
    await sleep(Math.random() * 60);
    child.kill('SIGKILL');
    await closed;
  }
  for (const owner of owners) {
    owner.kill('SIGKILL');
    await once(owner, 'exit');
  }
  const pool = new portFor.PortPool({ state });
  if (pool.size > 0) note(faults, `${pool.size} reservations are left of owners that have ended`);
  pool.close();
  noise.stop();
  return { faults, kills, reservations, ownersEnded: ended + OWNERS, connections: noise.count() };
}

function startOwner() {
  return spawn('sleep', ['3600'], { stdio: 'ignore' });
}

/** Outgoing connections, which the kernel gives ports of its own. */
async function makeNoise() {
  let count = 0;
  let isOver = false;
  const server = createServer((socket) => socket.end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const again = () => {
    if (isOver) return;
    count++;
    const client = connect(port, '127.0.0.1').on('error', () => {});
    client.resume().once('close', () => setTimeout(again, 2));
  };
  again();
  return {
    count: () => count,
    stop() {
      isOver = true;
      server.close();
    },
  };
}

await runAlone(import.meta.url, { kills: 1000 }, runKills);
