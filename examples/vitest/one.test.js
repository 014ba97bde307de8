import { createServer } from 'node:http';
import { lease } from 'port-for-native';
import { expect, inject, test } from 'vitest';

test('the server of all tests answers one', async () => {
  const reply = await fetch(`${inject('url')}/one`);
  expect(await reply.text()).toBe('hello /one');
});

test('a server of this test alone', async () => {
  const held = await lease();
  const server = await held.listen(createServer((_request, response) => response.end('one')));
  expect(await (await fetch(`http://localhost:${held.port}/`)).text()).toBe('one');
  server.close();
  held.release();
});
