import { stripVTControlCharacters } from 'node:util';
import t from 'tap';
import { usedPortsTable } from '../../lib/cli/scanning/table';
import type { UsedPort } from '../../lib/cli/scanning/used-port';

const PORTS: UsedPort[] = [
  {
    port: 3000,
    transport: 'tcp',
    addresses: ['127.0.0.1', '::1'],
    service: 'hbci',
    owners: [{ pid: 12345, name: 'node' }],
    names: ['shop'],
    clients: 0,
  },
  {
    port: 5353,
    transport: 'udp',
    addresses: ['0.0.0.0'],
    service: 'mdns',
    owners: [],
    names: [],
    clients: 0,
  },
];

t.test('a wide screen has every column, a narrow one those that matter most', (t) => {
  const wide = usedPortsTable(PORTS, { columns: 100, hasColors: false });
  t.match(wide[0], /^PORT +ADDRESS +NAME +SERVICE +PROCESS$/);
  t.match(wide[1], /^3000\/tcp +127\.0\.0\.1, ::1 +shop +hbci +node \(12345\)$/);
  const narrow = usedPortsTable(PORTS, { columns: 40, hasColors: false });
  t.match(narrow[0], /^PORT +NAME +PROCESS$/);
  for (const columns of [20, 40, 60]) {
    for (const line of usedPortsTable(PORTS, { columns, hasColors: true })) {
      t.ok(stripVTControlCharacters(line).length < columns, line);
    }
  }
  t.match(
    usedPortsTable(PORTS.slice(1), { columns: 100, hasColors: false })[0],
    /^PORT +ADDRESS +SERVICE +PROCESS$/,
  );
  t.end();
});

t.test('colours add nothing but colours', (t) => {
  const style = { columns: 100, hasColors: false };
  const colored = usedPortsTable(PORTS, { ...style, hasColors: true });
  t.strictSame(colored.map(stripVTControlCharacters), usedPortsTable(PORTS, style));
  t.match(colored[1], '\u001b[36m3000/tcp\u001b[0m');
  t.end();
});

t.test('what is new and gone is marked', (t) => {
  const [first, second] = PORTS as [UsedPort, UsedPort];
  const marks = new Map([
    [first, '+'],
    [second, '-'],
  ]);
  const lines = usedPortsTable(PORTS, { columns: 100, hasColors: false }, marks);
  t.match(lines, [/^ {2}PORT/, /^\+ 3000/, /^- 5353/]);
  t.end();
});
