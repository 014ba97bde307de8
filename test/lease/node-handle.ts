import '../support/alone';

import { readdirSync } from 'node:fs';
import t from 'tap';
import { leaseSync } from '../../lib/lease/lease';
import { adoptSocket } from '../../lib/lease/node-handle';
import { NO_DESCRIPTORS } from '../support/hand-over';
import { canBePlainlyBound } from '../support/sockets';

t.test('a handle owns the socket that it adopts', { skip: NO_DESCRIPTORS }, async (t) => {
  for (const transport of ['tcp', 'udp'] as const) {
    const held = leaseSync({ transport, host: '127.0.0.1' });
    const handle = adoptSocket(held.detach(), transport);
    t.equal(canBePlainlyBound(held.port, transport, '127.0.0.1'), false);
    handle?.close();
    await new Promise(setImmediate);
    t.equal(canBePlainlyBound(held.port, transport, '127.0.0.1'), true);
  }
});

t.test('a number that is no socket is not adopted', (t) => {
  const nobodys = 2 ** 31 - 1;
  t.equal(adoptSocket(nobodys, 'tcp'), undefined);
  t.equal(adoptSocket(nobodys, 'udp'), undefined);
  t.end();
});

t.test(
  'what it takes to learn the class of a handle is closed again',
  { skip: process.platform !== 'linux' && 'only Linux lists descriptors in /proc' },
  async (t) => {
    const count = () => readdirSync('/proc/self/fd').length;
    const settled = () => new Promise(setImmediate);
    for (const transport of ['tcp', 'udp'] as const) {
      adoptSocket(2 ** 31 - 1, transport);
      await settled();
      const before = count();
      for (let round = 0; round < 5; round++) adoptSocket(2 ** 31 - 1, transport);
      const held = leaseSync({ transport, host: '127.0.0.1' });
      adoptSocket(held.detach(), transport)?.close();
      await settled();
      t.equal(count(), before, transport);
    }
  },
);

t.test('a handle that refuses the socket is closed, and is none', (t) => {
  const net = require('node:net');
  const create = net._createServerHandle;
  t.teardown(() => Object.assign(net, { _createServerHandle: create }));
  const closed: string[] = [];
  class Handle {
    constructor(readonly kind = 'looked at') {}
    open() {
      return -22;
    }
    close() {
      closed.push(`${this.kind}`);
    }
  }
  net._createServerHandle = () => new Handle();
  t.equal(adoptSocket(0, 'tcp'), undefined);
  t.strictSame(closed, ['looked at', '1']);
  t.end();
});

t.test('a Node.js without the class of the handle adopts nothing', (t) => {
  const net = require('node:net');
  const create = net._createServerHandle;
  t.teardown(() => Object.assign(net, { _createServerHandle: create }));
  for (const strange of [undefined, () => -22, () => ({ open: 1, close() {} })]) {
    net._createServerHandle = strange;
    t.equal(adoptSocket(0, 'tcp'), undefined);
  }
  t.end();
});
