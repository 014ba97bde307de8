import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { fixturePath, readFixture } from '../support/fixtures';

const generator = join(__dirname, '..', '..', 'data', 'generate.mjs');
const csv = fixturePath('registry/iana.csv');
const unofficial = fixturePath('registry/unofficial.csv');

const additional = fixturePath('registry/additional.csv');

const tablesIn = (folder: string) =>
  ['unassigned.json', 'services.json', 'evidence.json'].map((name) =>
    readFileSync(join(folder, name), 'utf8'),
  );

// Without the hooks of the test runner, which make a program start slowly.
const env = { ...process.env, NODE_OPTIONS: '' };

function generate(...args: string[]) {
  const words = [generator, '--additional', additional, ...args];
  return spawnSync(process.execPath, words, { encoding: 'utf8', env });
}

t.test('the generator writes all tables, the same from every form of the registry', async (t) => {
  const folder = t.testdir({ a: {}, b: {} });
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  const { status, stdout } = generate('--iana', csv, '--unofficial', unofficial, '--out', a);
  t.equal(status, 0);
  t.match(stdout, /^tcp: 512 unassigned ports in 8 ranges$/m);
  t.match(stdout, /IANA as of 2026-01-15/);
  generate('--iana', fixturePath('registry/iana.xml'), '--unofficial', unofficial, '--out', b);
  t.strictSame(tablesIn(a), tablesIn(b));

  const [unassignedText = '', servicesText = '', evidenceText = ''] = tablesIn(a);
  const unassigned = JSON.parse(unassignedText);
  t.strictSame(Object.keys(unassigned), ['asOf', 'tcp', 'udp']);
  t.equal(unassigned.asOf, '2026-01-15');
  t.strictSame(unassigned.udp, [2, 2, 6, 6, 8, 8, 11, 11, 15, 20, 24, 29]);
  t.strictSame(JSON.parse(servicesText).slice(0, 3), [
    [1, 1, 'tcp+udp', 'alpha'],
    [2, 2, 'tcp', '', 'Old omega'],
    [3, 3, 'tcp', 'al-pha'],
  ]);
  const { iana, uses, sources } = JSON.parse(evidenceText);
  const said = (rows: unknown[][], port: number) => rows.filter(([low]) => low === port);
  t.strictSame(said(iana, 5), [
    [5, 5, 'tcp', 'delta', 'Delta & Sons', '2025-10-30', '2026-01-15'],
    [5, 5, 'udp', '', 'Reserved'],
  ]);
  t.strictSame(said(iana, 4), [[4, 4, 'tcp+udp', '', 'De-registered', '', '2001-06-08']]);
  t.strictSame(said(iana, 6), [], 'nothing of an unassigned port');
  t.strictSame(said(uses, 25), [
    [25, 25, 'tcp', 'A debugger', sources.indexOf('https://example.org/debugger')],
  ]);
  t.match(sources[said(uses, 7)[0]?.[4] as number], 'iana.org', 'what IANA itself notes');
});

t.test('the generator reads URLs', async (t) => {
  const server = createServer((request, response) => {
    const name = request.url?.slice(1) ?? '';
    if (name === 'missing') response.writeHead(404).end();
    // A byte order mark is no part of the text.
    else response.end(`\uFEFF${readFixture(`registry/${name}`)}`);
  });
  t.teardown(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [generator, '--additional', additional, ...args], { env });
  const out = t.testdir({});

  const inputs = ['--iana', `${url}/iana.xml`, '--unofficial', `${url}/wikipedia.html`];
  const { stdout, stderr } = await run(...inputs, '--out', out);
  t.match(stdout, /services; IANA as of/);
  t.match(stderr, 'passed over, since its port is not a number: various: A use without a number');
  t.ok(tablesIn(out)[1]?.includes('[9,9,"udp","","Throws it all away","Wakes machines"]'));

  const missing = run('--iana', `${url}/missing`, '--unofficial', unofficial, '--out', out);
  await t.rejects(missing, { message: /missing answers 404 Not Found/ });
  const nobody = run('--iana', 'http://127.0.0.1:1/', '--unofficial', unofficial, '--out', out);
  await t.rejects(nobody, { message: /http:\/\/127\.0\.0\.1:1\/ cannot be read: / });
});

t.test('the generator writes nothing when an input is off', async (t) => {
  const out = t.testdir({});
  for (const args of [
    ['--iana', unofficial, '--unofficial', unofficial],
    ['--iana', csv, '--unofficial', csv],
    ['--iana', join(out, 'nothing.csv'), '--unofficial', unofficial],
    ['--iana', csv, '--unofficial', unofficial, '--nonsense'],
  ]) {
    t.not(generate(...args, '--out', out).status, 0);
  }
  t.throws(() => tablesIn(out), { code: 'ENOENT' });
});
