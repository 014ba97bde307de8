require('node:http')
  .createServer((_request, response) => response.end('hello through the proxy'))
  .listen(process.env.PORT);
