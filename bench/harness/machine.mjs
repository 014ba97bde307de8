import { readFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { hasTool, outputOf } from './children.mjs';
import { BENCH, PACKAGE } from './paths.mjs';

/** What was measured on, in a few lines of Markdown. */
export async function describeMachine() {
  const processors = os.cpus();
  const peers = Object.keys(readJson(join(BENCH, 'package.json')).dependencies).map(
    (name) => `${name} ${readJson(join(BENCH, 'node_modules', name, 'package.json')).version}`,
  );
  const tools = [
    (await outputOf('cc', ['--version'])).split('\n')[0],
    hasTool('python3') ? await outputOf('python3', ['--version']) : 'no Python',
    hasTool('nmap') ? (await outputOf('nmap', ['--version'])).split('(')[0]?.trim() : 'no nmap',
  ];
  return [
    `- ${processors.length} x ${processors[0]?.model.trim()}, ${os.type()} ${os.release()} ${os.arch()}, load ${os.loadavg()[0]?.toFixed(1)} at the start`,
    `- port-for-native ${readJson(join(PACKAGE, 'package.json')).version}, Node ${process.version}, ${tools.join(', ')}`,
    `- ${peers.join(', ')}`,
  ].join('\n');
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
