const express = require('express');
const { lease } = require('port-for-native');

async function main() {
  const app = express();
  app.get('/', (_request, response) => response.send('hello'));
  const held = await lease();
  const server = await held.listen(app);
  const reply = await fetch(`http://localhost:${held.port}/`);
  console.log(await reply.text());
  server.close();
  held.release();
}

main();
