import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseStat, readStat, startedAt } from '../../lib/process/stat';

const NO_PROC: string | false = process.platform === 'linux' ? false : '/proc is of Linux';
const rest = (terminal: number) => `S 7 12 12 ${terminal} 12 4194304 1 2 3 4 5 6 7 8 20 0 1 0 4711 12345 67`;

t.test('the text of /proc/PID/stat is read whatever the process calls itself', (t) => {
  const stat = { pid: 12, name: 'node', parent: 7, terminal: undefined, startTicks: 4711, hasEnded: false };
  t.strictSame(parseStat(`12 (node) ${rest(0)}\n`), stat);
  t.match(parseStat(`12 (a) S 1 (b) ${rest(0)}\n`), { name: 'a) S 1 (b', parent: 7 });
  t.match(parseStat(`12 (a\nb) ${rest(0)}\n`), { name: 'a\nb' });
  t.match(parseStat(`12 (node) ${rest(136 * 256 + 3)}\n`), { terminal: 'pts/3' });
  const terminals: [major: number, minor: number, name: string | undefined][] = [
    [136, 300, 'pts/300'],
    [136, 0xfffff, 'pts/1048575'],
    [137, 5, 'pts/1048581'],
    [143, 0, 'pts/7340032'],
    [144, 0, undefined],
    [135, 0, undefined],
    [4, 1, 'tty1'],
    [4, 63, 'tty63'],
    [4, 256 + 1, undefined],
    [5, 1, undefined],
  ];
  for (const [major, minor, terminal] of terminals) {
    const device = (minor & 0xff) | (major << 8) | ((minor >> 8) << 20);
    t.equal(parseStat(`12 (node) ${rest(device)}\n`)?.terminal, terminal, `${major}:${minor}`);
  }
  t.match(parseStat(`12 (node) ${rest(4 * 256 + 64)}\n`), { terminal: undefined }, 'a serial line');
  for (const state of 'ZX') t.match(parseStat(`12 (node) ${state}${rest(0).slice(1)}`), { hasEnded: true });
  for (const text of ['', '12', '12 (node', '12 (node) S 7', 'x (node) S 1'])
    t.equal(parseStat(text), undefined);
  t.end();
});

t.test('a process tells its parent and when it started', { skip: NO_PROC }, async (t) => {
  const before = Date.now();
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  t.teardown(() => child.kill());
  await once(child, 'spawn');
  const stat = readStat(child.pid ?? 0);
  t.match(stat, { pid: child.pid, parent: process.pid });
  const start = stat && startedAt(stat)?.getTime();
  t.ok(start !== undefined && start > before - 100 && start < Date.now() + 100);
  t.equal(readStat(child.pid ?? 0)?.startTicks, stat?.startTicks);
  t.equal(readStat(child.pid ?? 0)?.name, 'sleep');
});

t.test('a process that is not there has no stat', (t) => {
  t.equal(readStat(2 ** 30), undefined);
  t.end();
});

t.test('a Node.js that names its thread goes by the name of its program', { skip: NO_PROC }, async (t) => {
  for (const name of ['MainThread', 'node-MainThread']) {
    const program = join(t.testdir({}), name);
    copyFileSync('/bin/sleep', program);
    const child = spawn(program, ['60'], { argv0: '/usr/bin/node', stdio: 'ignore' });
    t.teardown(() => child.kill());
    await once(child, 'spawn');
    t.match(readStat(child.pid ?? 0), { name: 'node' });
  }
});
