import { createRequire } from 'node:module';
import { loadPackage } from './paths.mjs';

const require = createRequire(import.meta.url);

export const OURS = 'port-for-native';

/** Who waits for ports, each at its default pace: `occupied` and `free` take a port of 127.0.0.1. */
export const WAITERS = {
  [OURS]: () => {
    const { occupied, free } = loadPackage();
    return { occupied: (port) => occupied('127.0.0.1', port), free: (port) => free('127.0.0.1', port) };
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
    return { occupied: (port) => wait(port, false), free: (port) => wait(port, true) };
  },
  'wait-port': () => {
    const waitPort = require('wait-port');
    return { occupied: (port) => waitPort({ host: '127.0.0.1', port, output: 'silent' }) };
  },
};

const LONG = 3_600_000;
