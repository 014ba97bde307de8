const port = Number(process.argv[2]);
require('node:http')
  .createServer((_request, response) => response.end(`${port}`))
  .listen(port, () => console.log(`listening on ${port}`));
