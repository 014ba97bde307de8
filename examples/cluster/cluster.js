const cluster = require('node:cluster');
const { once } = require('node:events');
const { createServer } = require('node:http');
const { lease, occupied } = require('port-for-native');

async function primary() {
  const held = await lease();
  const fork = () => cluster.fork({ PORT: held.port });
  let workers = [fork(), fork()];
  await Promise.all(workers.map((worker) => once(worker, 'listening')));
  const pids = new Set();
  while (pids.size < 2) pids.add(await ask(held.port));

  // Both die; the port is still ours for their successors.
  for (const worker of workers) worker.process.kill('SIGKILL');
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
  workers = [fork(), fork()];
  await occupied('localhost', held.port, { timeout: 10_000 });
  pids.add(await ask(held.port));
  console.log(`${pids.size} workers answered on one port`);
  for (const worker of workers) worker.kill();
  held.release();
}

async function ask(port) {
  const reply = await fetch(`http://localhost:${port}/`, { headers: { connection: 'close' } });
  return reply.text();
}

if (cluster.isPrimary) primary();
else createServer((_request, response) => response.end(`${process.pid}`)).listen(process.env.PORT);
