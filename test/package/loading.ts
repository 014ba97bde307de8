import { execFileSync } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import * as library from '../../lib';
import { distPath } from '../support/dist';

const INDEX = distPath('index.js');

/** What a program prints as JSON. */
function run(program: string, ...options: string[]): unknown {
  return JSON.parse(execFileSync(process.execPath, [...options, '-e', program], { encoding: 'utf8' }));
}

t.test('every export can be imported and required by its name', async (t) => {
  const names = Object.keys(library).sort();
  const url = JSON.stringify(pathToFileURL(INDEX).href);
  const imported = run(
    `import * as all from ${url}; console.log(JSON.stringify(Object.keys(all)))`,
    '--input-type=module',
  ) as string[];
  t.strictSame(imported.filter((name) => !/^default$|^module.exports$/.test(name)).sort(), names);
  t.strictSame(
    run(`console.log(JSON.stringify(Object.keys(require(${JSON.stringify(INDEX)})).sort()))`),
    names,
  );
  t.strictSame(
    run(
      `const all = require(${JSON.stringify(INDEX)});
       console.log(JSON.stringify(Object.keys(all).filter((name) => all[name] === undefined)))`,
    ),
    [],
  );
});

t.test('a pick loads its own part of the library alone', async (t) => {
  const loaded = run(
    `require(${JSON.stringify(INDEX)}).selectRandomSync();
     console.log(JSON.stringify(Object.keys(require.cache)))`,
  ) as string[];
  const ours = loaded.filter((path) => path.endsWith('.node') || dirname(path) === dirname(INDEX));
  t.strictSame(ours.map((path) => basename(path).replace(/^.*\.node$/, 'the addon')).sort(), [
    'index.js',
    'the addon',
  ]);
});

t.test('a part that cannot be read for want of descriptors can be used later', async (t) => {
  const facts = run(
    `const { closeSync, openSync } = require('node:fs');
     const all = require(${JSON.stringify(INDEX)});
     const caught = (call) => { try { call() } catch (error) { return error } };
     const open = [];
     while (caught(() => open.push(openSync('/dev/null'))) === undefined);
     const { name, code, systemCode } = caught(() => all.leaseSync());
     open.forEach((descriptor) => closeSync(descriptor));
     const held = all.leaseSync();
     held.release();
     console.log(JSON.stringify({ name, code, systemCode, isPort: held.port > 0 }))`,
  );
  t.strictSame(facts, {
    name: 'PortSystemError',
    code: 'ERR_PORT_SYSTEM',
    systemCode: 'EMFILE',
    isPort: true,
  });
});

t.test('all parts of the library have their classes in common', async (t) => {
  const facts = run(
    `const all = require(${JSON.stringify(INDEX)});
     const caught = (call) => { try { call() } catch (error) { return error } };
     const none = caught(() => all.selectRandomSync({ ports: 1, exclude: 1 }));
     const held = all.leaseSync({ ports: new all.PortSet('20000-30000') });
     const used = caught(() => all.leaseSync({ ports: held.port }));
     held.release();
     console.log(JSON.stringify([
       none instanceof all.NoFreePortError,
       none instanceof all.PortForError,
       used instanceof all.NoFreePortError,
       all.PortInUseError.prototype instanceof all.PortForError,
       all.usedPorts() instanceof all.PortSet,
       held instanceof all.Lease,
     ]))`,
  );
  t.strictSame(facts, [true, true, true, true, true, true]);
});
