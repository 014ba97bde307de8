// Starts a server on a leased port, waits until it is ready, asks it, and stops it.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { free, lease, occupied } from 'port-for-native';

const held = await lease();
const server = spawn(process.execPath, [
  fileURLToPath(new URL('server.mjs', import.meta.url)),
  String(held.port),
]);
try {
  await occupied(`http://localhost:${held.port}/health`, { timeout: 10_000, process: server });
  console.log(await (await fetch(`http://localhost:${held.port}/world`)).text());
} finally {
  server.kill();
  await free('localhost', held.port);
  held.release();
}
