// Fifty names are asked for in a loop while Python's port-for writes the same file as ever, twenty times a second:
// `ConfigParser.write(open(path, 'w'))`. Every answer has to be right, and no name may be lost.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder, note, portFor, runAlone } from '../part.mjs';

const NAMES = Array.from({ length: 50 }, (_, index) => `name-${index}`);

/** Binds and unbinds one unrelated name, as port-for 0.4 does. */
const PYTHON = `
import configparser, select, sys
path, pause = sys.argv[1], float(sys.argv[2])
print('ready', flush=True)
is_bound = False
while True:
    parser = configparser.ConfigParser()
    parser.read(path)
    if is_bound:
        parser.remove_option('DEFAULT', 'unrelated')
    else:
        parser.set('DEFAULT', 'unrelated', '1')
    is_bound = not is_bound
    with open(path, 'w') as file:
        parser.write(file)
    if select.select([sys.stdin], [], [], pause)[0]:
        break
`;

/** @param {{ seconds: number, pause: number }} settings `pause`: seconds between two writes of Python's */
export async function besidePython({ seconds, pause }) {
  const folder = newFolder('beside-python');
  const path = join(folder, 'port-for.conf');
  const store = new portFor.PortStore(path);
  const known = new Map(NAMES.map((name) => [name, store.bindPortSync(name)]));
  const python = spawn('python3', ['-c', PYTHON, path, `${pause}`], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(python.stdout, 'data');

  /** @type {string[]} */
  const faults = [];
  let asked = 0;
  const end = process.hrtime.bigint() + BigInt(seconds) * 1_000_000_000n;
  while (process.hrtime.bigint() < end) {
    for (const [name, port] of known) {
      try {
        const answer = asked % 2 === 0 ? store.bindPortSync(name) : await store.bindPort(name);
        if (answer !== port) note(faults, `${name} was ${port}, now ${answer}`);
      } catch (error) {
        note(faults, `${name}: ${error}`);
      }
      asked++;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (python.exitCode !== null) note(faults, `Python ended with ${python.exitCode}`);
  python.stdin.end();
  await once(python, 'close');

  const left = store.boundPortsSync();
  const lost = NAMES.filter((name) => left.get(name) !== known.get(name));
  if (lost.length > 0) note(faults, `lost: ${lost}`);
  const others = readdirSync(folder).filter((file) => file !== 'port-for.conf');
  if (others.length > 0) note(faults, `left beside the file: ${others}`);
  return { seconds, asked, lost: lost.length, faults };
}

await runAlone(import.meta.url, { seconds: 600, pause: 0.05 }, besidePython);
