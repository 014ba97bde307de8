const { PortStore } = require('port-for-native');

// The config is loaded again in each worker: a name has the same port there.
const port = new PortStore().project(__dirname).bindPortSync('e2e');

module.exports = {
  workers: 3,
  fullyParallel: true,
  use: { baseURL: `http://localhost:${port}` },
  webServer: {
    command: 'port-for --here --run e2e -- node server.js',
    url: `http://localhost:${port}/`,
    reuseExistingServer: false,
  },
};
