const { listenFds } = require('port-for-native');

const [fd] = listenFds().get('web') ?? [];
require('node:http')
  .createServer((_request, response) => response.end(fd === undefined ? 'by number' : 'by socket'))
  .listen(fd === undefined ? { port: process.env.WEB_PORT } : { fd });
