const { createServer } = require('node:http');
const { lease } = require('port-for-native');

let held;
let server;

beforeAll(async () => {
  held = await lease();
  server = await held.listen(createServer((_request, response) => response.end('three')));
});

afterAll(() => {
  server.close();
  held.release();
});

test('the server of this file answers', async () => {
  const reply = await fetch(`http://localhost:${held.port}/`);
  expect(await reply.text()).toBe('three');
});
