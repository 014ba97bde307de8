import t from 'tap';

let failure: Error | undefined;
let asked: unknown[] = [];

const { hasTable, lookUp } = t.mockRequire<typeof import('../../../lib/cli/scanning/look-up')>(
  '../../../lib/cli/scanning/look-up',
  {
    '../../../lib/machine/used-ports': {
      usedPorts: (options: object) => {
        asked.push(options);
        if (failure !== undefined) throw failure;
      },
    },
    '../../../lib/machine/used-sockets': {
      usedSockets: (options: { transport: string }) => {
        asked.push(options);
        const sockets = options.transport === 'tcp' ? [3000, 80, 3000] : [53];
        return sockets.map((port) => ({ port, address: '::1', listens: true, owners: [], clients: 1 }));
      },
    },
    '../../../lib/who/port-names': { portNames: () => new Map([[3000, [{ name: 'web' }]]]) },
  },
);

t.beforeEach(() => {
  [failure, asked] = [undefined, []];
});

t.test('what waits for clients is looked up, of TCP and UDP, with the names of the ports', async (t) => {
  t.match(lookUp(false), [
    { port: 80, transport: 'tcp', names: [] },
    { port: 3000, transport: 'tcp', names: ['web'], clients: 2, addresses: ['::1'] },
    { port: 53, transport: 'udp' },
  ]);
  t.strictSame(asked, [
    { transport: 'tcp', state: 'listen' },
    { transport: 'udp', state: 'listen' },
  ]);
  t.strictSame(
    lookUp(true).map(({ port, transport }) => [port, transport]),
    [[53, 'udp']],
  );
});

t.test('only a table that the system does not have is none', async (t) => {
  t.equal(hasTable(), true);
  t.strictSame(asked, [{ state: 'listen' }]);
  failure = Object.assign(new Error('no table'), { code: 'ERR_PORT_NO_TABLE' });
  t.equal(hasTable(), false);
  for (const other of [
    Object.assign(new Error('EMFILE'), { code: 'ERR_PORT_SYSTEM' }),
    new Error('a fault'),
  ]) {
    failure = other;
    t.throws(() => hasTable(), other);
  }
});
