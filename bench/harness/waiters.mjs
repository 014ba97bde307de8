import { createRequire } from 'node:module';
import { loadPackage } from './paths.mjs';

const require = createRequire(import.meta.url);

export const OURS = 'port-for-native';

/** Who waits for ports, each at its default pace: all take a port of 127.0.0.1; `ready` asks by HTTP. */
export const WAITERS = {
  [OURS]: () => {
    const { occupied, free } = loadPackage();
    return {
      occupied: (port) => occupied('127.0.0.1', port),
      free: (port) => free('127.0.0.1', port),
      ready: (port) => occupied(`http://127.0.0.1:${port}/`),
    };
  },
  'tcp-port-used': () => {
    const { waitUntilUsed, waitUntilFree } = require('tcp-port-used');
    // The second number is its time limit, which ends a wait after two seconds if it is not given.
    return {
      occupied: (port) => waitUntilUsed(port, undefined, LONG),
      free: (port) => waitUntilFree(port, undefined, LONG),
    };
  },
  'wait-on': () => {
    const waitOn = require('wait-on');
    const wait = (port, reverse) => waitOn({ resources: [`tcp:127.0.0.1:${port}`], reverse });
    return {
      occupied: (port) => wait(port, false),
      free: (port) => wait(port, true),
      ready: (port) => waitOn({ resources: [`http-get://127.0.0.1:${port}/`] }),
    };
  },
  'wait-port': () => {
    const waitPort = require('wait-port');
    const wait = (port, more) => waitPort({ host: '127.0.0.1', port, output: 'silent', ...more });
    return { occupied: (port) => wait(port), ready: (port) => wait(port, { protocol: 'http', path: '/' }) };
  },
};

const LONG = 3_600_000;
