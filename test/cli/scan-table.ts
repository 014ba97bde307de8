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

t.test('columns are left out one by one, when a line is as long as the screen is wide', (t) => {
  const widest = Math.max(
    ...usedPortsTable(PORTS, { columns: Infinity, hasColors: false }).map(({ length }) => length),
  );
  const headingAt = (columns: number) => usedPortsTable(PORTS, { columns, hasColors: false })[0];
  t.match(headingAt(widest + 1), ' SERVICE ');
  t.notMatch(headingAt(widest), 'SERVICE');
  const headings = new Set<string | undefined>();
  for (let columns = widest + 1; columns > 25; columns--)
    headings.add(headingAt(columns)?.replace(/ +/g, ' '));
  t.strictSame(
    [...headings],
    ['PORT ADDRESS NAME SERVICE PROCESS', 'PORT ADDRESS NAME PROCESS', 'PORT NAME PROCESS', 'PORT PROCESS'],
  );
  t.end();
});

t.test('what is too long is cut off before the last column of the screen', (t) => {
  const [first, second] = PORTS as [UsedPort, UsedPort];
  const long = { ...first, owners: [{ pid: 1, name: 'x'.repeat(100) }] };
  const style = { columns: 40, hasColors: false };
  for (const marks of [undefined, new Map([[long, '+']])]) {
    const [, line, other] = usedPortsTable([long, second], style, marks);
    t.equal(line?.length, 39);
    t.ok(line?.endsWith('x…'));
    t.match(other, marks === undefined ? /^5353/ : /^ {2}5353/);
  }
  const name = (length: number) =>
    usedPortsTable([{ ...long, owners: [{ pid: 1, name: 'x'.repeat(length) }] }], style)[1];
  const [full = '', fuller = ''] = [name(25), name(26)];
  t.strictSame([full.length, full.endsWith('(1)'), fuller.endsWith('…')], [39, true, true]);
  t.end();
});
