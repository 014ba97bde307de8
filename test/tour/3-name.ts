import { join } from 'node:path';
import t from 'tap';
import { PortStore } from '../../lib/index';
import { NO_BOUND } from '../support/no-table';

t.test('a name keeps its port for ever', async (t) => {
  const path = join(t.testdir(), 'port-for.conf');
  const port = await new PortStore(path).bindPort('web');
  t.equal(await new PortStore(path).bindPort('web'), port);
  t.strictSame(await new PortStore(path).boundPorts(), new Map([['web', port]]));
});

t.test('no two names have one port', async (t) => {
  const store = new PortStore(join(t.testdir(), 'port-for.conf'));
  const port = await store.bindPort('web');
  await t.rejects(store.bindPort('api', port), { code: 'ERR_PORT_CONFLICT' });
  t.not(await store.bindPort('api'), port);
});

t.test('the port of a name can be held', async (t) => {
  const store = new PortStore(join(t.testdir(), 'port-for.conf'));
  const held = await store.lease('web');
  t.teardown(() => held.release());
  t.equal(held.port, await store.bindPort('web'));
  // Who holds it is told where the system lists sockets that do not listen.
  const owner = NO_BOUND === false ? { pid: process.pid } : undefined;
  await t.rejects(store.lease('web'), { code: 'ERR_PORT_IN_USE', owner });
});
