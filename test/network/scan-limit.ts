import { spawnSync } from 'node:child_process';
import t from 'tap';
import { withoutPreloads } from '../support/command';
import { distPath } from '../support/dist';
import { filter, insideNamespace, NO_FILTER } from '../support/inside-namespace';

/** Runs a JavaScript program that has the package as `portFor`, with at most `limit` descriptors. */
function run(limit: number, code: string): unknown {
  const program = `const portFor = require(process.argv[1]);
    (async () => {${code}})().then((value) => console.log(JSON.stringify(value)));`;
  const node = withoutPreloads(process.execPath, ['-e', program, distPath('index.js')]).flat();
  const words = ['-c', `ulimit -n ${limit}; exec "$@"`, 'sh', ...node];
  const { stdout, stderr } = spawnSync('sh', words, { encoding: 'utf8' });
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}

insideNamespace(__filename, () => {
  t.test('a scan fits itself to the descriptors that are left', (t) => {
    const sizes = run(
      32,
      `const sizes = [];
    for (const method of ['bind', 'connect', 'both', 'table']) {
      const { free, used, denied, filtered } = await portFor.scan('1-20000', { method });
      sizes.push(free.size + used.size + denied.size + filtered.size);
    }
    return sizes;`,
    );
    t.strictSame(sizes, [20000, 20000, 20000, 20000]);
    t.end();
  });

  t.test('a descriptor that comes and goes leaves no port out of the table', (t) => {
    const reports = run(
      60,
      `const { openSync, closeSync } = require('node:fs');
    const held = portFor.leaseManySync(10);
    const ports = held.map(({ port }) => port);
    const wanted = ports.length;
    portFor.scan; // Loads its file while one can be opened.
    const reports = new Set();
    const files = [];
    for (let round = 0; round < 400; round++) {
      try { for (;;) files.push(openSync('/dev/null')); } catch {}
      const asking = portFor.scan(ports, { method: 'table' })
        .then(({ used }) => used.size, ({ systemCode }) => systemCode);
      for (let turn = 0; turn < 20; turn++) {
        closeSync(files.pop());
        await new Promise(setImmediate);
        try { files.push(openSync('/dev/null')); } catch {}
      }
      reports.add(await asking);
      while (files.length > 0) closeSync(files.pop());
    }
    return [...reports].filter((report) => report !== wanted && report !== 'EMFILE');`,
    );
    t.strictSame(reports, []);
    t.end();
  });

  t.test(
    'low descriptors that are free do not hide how many high ones are open',
    { skip: NO_FILTER },
    (t) => {
      // Silent ports keep as many descriptors in use as the scan takes.
      filter(
        'table inet silent { chain in { type filter hook input priority 0; tcp dport 10000-10199 drop; }; }',
      );
      t.teardown(() => filter('delete table inet silent'));
      const opened = run(
        200,
        `const { openSync, closeSync } = require('node:fs');
    const files = [];
    try { for (;;) files.push(openSync('/dev/null')); } catch {}
    for (const file of files.splice(0, 40)) closeSync(file);
    // Half of the 40 are left for us, whatever the scan does.
    const scanning = portFor.scan('10000-10199', { method: 'connect', host: '127.0.0.1', timeout: 50 });
    let isOver = false;
    scanning.then(() => { isOver = true; });
    let most = 0;
    while (!isOver) {
      const own = [];
      try { while (own.length < 15) own.push(openSync('/dev/null')); } catch {}
      if (most === 0 || own.length < most) most = own.length;
      for (const file of own) closeSync(file);
      await new Promise(setImmediate);
    }
    return most;`,
      );
      t.equal(opened, 15);
      t.end();
    },
  );

  t.test('one descriptor is enough for a scan by bind, two for one by connect', (t) => {
    const reports = run(
      100,
      `const { openSync, closeSync } = require('node:fs');
    const files = [];
    await portFor.scan('8000-9000');
    const reports = [];
    for (const [method, left] of [['bind', 1], ['connect', 2]]) {
      try { for (;;) files.push(openSync('/dev/null')); } catch {}
      for (let count = 0; count < left; count++) closeSync(files.pop());
      reports.push(await portFor.scan('8000-12000', { method, host: '127.0.0.1' }).then(
        ({ free, used }) => free.size + used.size, ({ systemCode }) => systemCode));
      while (files.length > 0) closeSync(files.pop());
    }
    return reports;`,
    );
    t.strictSame(reports, [4001, 4001]);
    t.end();
  });

  t.test('no descriptor left is an error of that name, whatever is asked', (t) => {
    const reports = run(
      120,
      `const { closeSync, openSync } = require('node:fs');
    const asks = ['bind', 'connect', 'both', 'table'].flatMap((method) => [
      () => portFor.scan('8000-9000', { method, host: '127.0.0.1' }),
      () => portFor.scanSync('8000-9000', { method }),
    ]);
    asks.push(() => portFor.usedPorts(), () => portFor.usedSockets({ transport: 'udp' }));
    await portFor.scan('8000-9000');
    const files = [];
    try { for (;;) files.push(openSync('/dev/null')); } catch {}
    const reports = [];
    for (const ask of asks) {
      try { await ask(); reports.push('an answer'); } catch ({ code, systemCode }) { reports.push(code + ' ' + systemCode); }
    }
    for (const file of files) closeSync(file);
    const { free, used } = await portFor.scan('8000-9000');
    reports.push(free.size + used.size);
    return reports;`,
    );
    t.strictSame(reports, [...Array(10).fill('ERR_PORT_SYSTEM EMFILE'), 1001]);
    t.end();
  });

  t.test('descriptors that run out in the middle end in an error or in a whole scan', (t) => {
    const reports = run(
      200,
      `const { openSync, closeSync } = require('node:fs');
    const reports = [];
    for (let delay = 0; delay < 6; delay++) {
      const scanning = portFor.scan('1-65535', { method: delay % 3 === 0 ? 'bind' : 'connect' }).then(
        ({ free, used, denied, filtered }) => free.size + used.size + denied.size + filtered.size,
        ({ systemCode }) => systemCode,
      );
      await new Promise((resolve) => setTimeout(resolve, delay));
      const files = [];
      try { for (;;) files.push(openSync('/dev/null')); } catch {}
      reports.push(await scanning);
      for (const file of files) closeSync(file);
    }
    return reports;`,
    ) as unknown[];
    t.equal(reports.length, 6);
    for (const report of reports) t.ok(report === 65535 || report === 'EMFILE', `${report}`);
    t.end();
  });
});
