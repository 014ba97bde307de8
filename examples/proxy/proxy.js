// node proxy.js --app-port PORT COMMAND...: starts a server on that port, and a proxy before it on a port of its own.
const { spawn } = require('node:child_process');
const { createServer, request } = require('node:http');
const { lease, occupied } = require('port-for-native');

async function main([option, port, ...command]) {
  if (option !== '--app-port') throw new TypeError('usage: node proxy.js --app-port PORT COMMAND...');
  const app = spawn(command[0], command.slice(1), { stdio: 'inherit', env: { ...process.env, PORT: port } });
  await occupied('localhost', Number(port), { process: app, timeout: 10_000 });
  const held = await lease();
  const proxy = await held.listen(
    createServer((asked, answer) => {
      const { method, headers, url: path } = asked;
      const passed = request({ port, method, path, headers }, (reply) => {
        answer.writeHead(reply.statusCode, reply.headers);
        reply.pipe(answer);
      });
      asked.pipe(passed);
    }),
  );
  console.log(await (await fetch(`http://localhost:${held.port}/`)).text());
  proxy.close();
  held.release();
  app.kill();
}

main(process.argv.slice(2));
