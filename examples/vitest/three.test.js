import { createServer } from 'node:http';
import { lease } from 'port-for-native';
import { expect, inject, test } from 'vitest';

test('the server of all tests answers three', async () => {
  const reply = await fetch(`${inject('url')}/three`);
  expect(await reply.text()).toBe('hello /three');
});

test('a server of this test alone', async () => {
  const held = await lease();
  const server = await held.listen(createServer((_request, response) => response.end('three')));
  expect(await (await fetch(`http://localhost:${held.port}/`)).text()).toBe('three');
  server.close();
  held.release();
});
