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

const tablesIn = (folder: string) =>
  ['unassigned.json', 'services.json'].map((name) => readFileSync(join(folder, name), 'utf8'));

// Without the hooks of the test runner, which make a program start slowly.
const env = { ...process.env, NODE_OPTIONS: '' };

function generate(...args: string[]) {
  return spawnSync(process.execPath, [generator, ...args], { encoding: 'utf8', env });
}

t.test('the generator writes both tables, the same from every form of the registry', async (t) => {
  const folder = t.testdir({ a: {}, b: {} });
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  const { status, stdout } = generate('--iana', csv, '--unofficial', unofficial, '--out', a);
  t.equal(status, 0);
  t.match(stdout, /^tcp: 513 unassigned ports in 7 ranges$/m);
  t.match(stdout, /IANA as of 2026-01-15/);
  generate('--iana', fixturePath('registry/iana.xml'), '--unofficial', unofficial, '--out', b);
  t.strictSame(tablesIn(a), tablesIn(b));

  const [unassignedText = '', servicesText = ''] = tablesIn(a);
  const unassigned = JSON.parse(unassignedText);
  t.strictSame(Object.keys(unassigned), ['asOf', 'tcp', 'udp']);
  t.equal(unassigned.asOf, '2026-01-15');
  t.strictSame(unassigned.udp, [2, 2, 6, 6, 8, 8, 11, 11, 15, 20, 24, 29]);
  t.strictSame(JSON.parse(servicesText).slice(0, 3), [
    [1, 1, 'tcp+udp', 'alpha'],
    [2, 2, 'tcp', '', 'Old omega'],
    [3, 3, 'tcp', 'al-pha'],
  ]);
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
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [generator, ...args], { env });
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
