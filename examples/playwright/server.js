require('node:http')
  .createServer((request, response) => response.end(`hello ${request.url}`))
  .listen(process.env.PORT);
