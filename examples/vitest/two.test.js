import { createServer } from 'node:http';
import { lease } from 'port-for-native';
import { expect, inject, test } from 'vitest';

test('the server of all tests answers two', async () => {
  const reply = await fetch(`${inject('url')}/two`);
  expect(await reply.text()).toBe('hello /two');
});

test('a server of this test alone', async () => {
  const held = await lease();
  const server = await held.listen(createServer((_request, response) => response.end('two')));
  expect(await (await fetch(`http://localhost:${held.port}/`)).text()).toBe('two');
  server.close();
  held.release();
});
