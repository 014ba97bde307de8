import '../support/alone';

import t from 'tap';
import { parseConfig } from '../../lib/store/config-text';
import { ConfigAccessError, ConfigFileError } from '../../lib/store/errors';
import type { NameRecord } from '../../lib/store/name-record';
import { Names } from '../../lib/store/names';
import { checkWish } from '../../lib/store/wish';

const OWN = '/home/ann/port-for.conf';
const MACHINE = '/etc/port-for.conf';
const SHOP = '/home/ann/shop';

const config = (lines: string) => parseConfig(Buffer.from(lines), OWN);

/** A record of which only the text can be read. */
const record = (path: string, read: () => string): NameRecord =>
  ({ path, readSync: () => parseConfig(Buffer.from(read()), path) }) as unknown as NameRecord;

function namesBeside(machine: string | Error, hasNames = true): Names {
  const read = () => {
    if (machine instanceof Error) throw machine;
    return machine;
  };
  return new Names(
    record(OWN, () => ''),
    { config: record(MACHINE, read), hasNames },
  );
}

const OWN_TEXT = '[DEFAULT]\nweb = 7000\nodd = x\n';
const MACHINE_TEXT = '[DEFAULT]\nweb = 7001\ndb = 7002\n';

t.test("one's own names count first, then those of the machine, where they are honoured", (t) => {
  const names = namesBeside(MACHINE_TEXT);
  const own = config(OWN_TEXT);
  t.strictSame(
    [...names.ports(own)],
    [
      ['web', 7000],
      ['db', 7002],
    ],
  );
  t.equal(names.find(own, checkWish('web')), 7000);
  t.equal(names.find(own, checkWish('db')), 7002);
  t.equal(names.find(own, checkWish('new')), undefined);
  t.strictSame(
    ['web', 'db', 'new'].map((name) => names.has(own, name)),
    [true, true, false],
  );
  t.strictSame([names.homeOf(own, 'web').path, names.homeOf(own, 'db').path], [OWN, MACHINE]);
  t.equal(names.homeOf(own, 'new').path, OWN);
  t.strictSame(
    [OWN, MACHINE, '/other'].map((path) => names.honours(path)),
    [true, true, false],
  );
  t.end();
});

t.test("the machine's ports belong to its names, though these are not honoured", (t) => {
  const names = namesBeside(MACHINE_TEXT, false);
  const own = config(OWN_TEXT);
  t.strictSame([...names.ports(own)], [['web', 7000]]);
  t.equal(names.homeOf(own, 'db').path, OWN);
  t.equal(names.honours(MACHINE), false);
  t.strictSame(
    names.all(own).map(({ name, port, path }) => [name, port, path]),
    [
      ['web', 7000, OWN],
      ['web', 7001, MACHINE],
      ['db', 7002, MACHINE],
    ],
  );
  t.throws(() => names.find(own, checkWish('new', 7002)), { code: 'ERR_PORT_CONFLICT' });
  const { result } = names.bind(own, checkWish('new', { prefer: 7002 }));
  t.notOk([7000, 7001, 7002].includes(result));
  t.end();
});

t.test("a machine's file that this user may not read has no names, one that is broken is an error", (t) => {
  const own = config(OWN_TEXT);
  const hidden = namesBeside(new ConfigAccessError(MACHINE, 'EACCES', 'no'));
  t.strictSame([...hidden.ports(own)], [['web', 7000]]);
  t.equal(hidden.all(own).length, 1);
  const broken = namesBeside(new ConfigFileError(MACHINE, 1, 'no'));
  t.throws(() => broken.ports(own), ConfigFileError);
  t.end();
});

t.test('a wish that contradicts the file is refused, what it has already is found', (t) => {
  const names = new Names(
    record(OWN, () => ''),
    undefined,
  );
  const own = config('[DEFAULT]\nweb = 7000\ndb = 7001\n');
  t.equal(names.find(own, checkWish('web', 7000)), 7000);
  for (const [name, port] of [
    ['web', 7002],
    ['web', 7001],
    ['new', 7001],
  ] as const)
    t.throws(() => names.find(own, checkWish(name, port)), { code: 'ERR_PORT_CONFLICT' }, `${name} ${port}`);
  t.equal(names.find(own, checkWish('new', 7002)), undefined);
  t.strictSame(names.bind(own, checkWish('web')), { result: 7000 }, 'nothing is written');
  const { result, content } = names.bind(own, checkWish('new', 7002));
  t.strictSame([result, `${content}`], [7002, '[DEFAULT]\nweb = 7000\ndb = 7001\nnew = 7002\n']);
  t.equal(names.bind(own, checkWish('new', { prefer: 7003 })).result, 7003);
  t.not(names.bind(own, checkWish('new', { prefer: 7001 })).result, 7001);
  t.end();
});

t.test('a name gets another port, of nobody’s, or is forgotten', (t) => {
  const names = new Names(
    record(OWN, () => ''),
    undefined,
  );
  const own = config('[DEFAULT]\nweb = 7000\ndb = 7001\n');
  t.strictSame(names.rebind(own, checkWish('web', 7000)), { result: 7000 });
  t.throws(() => names.rebind(own, checkWish('web', 7001)), { code: 'ERR_PORT_CONFLICT' });
  t.throws(() => names.rebind(own, checkWish('weeb')), {
    code: 'ERR_PORT_UNKNOWN_NAME',
    message: /did you mean "web"\?$/,
  });
  const { result, content } = names.rebind(own, checkWish('web', 7005));
  t.strictSame([result, `${content}`], [7005, '[DEFAULT]\nweb = 7005\ndb = 7001\n']);
  t.notOk([7000, 7001].includes(names.rebind(own, checkWish('web')).result));
  t.strictSame(names.unbind(own, 'none'), { result: undefined });
  const gone = names.unbind(own, 'web');
  t.strictSame([gone.result, `${gone.content}`], [7000, '[DEFAULT]\ndb = 7001\n']);
  t.end();
});

t.test('a line that is none of a port is refused where its name is asked for, and nowhere else', (t) => {
  const names = new Names(
    record(OWN, () => ''),
    undefined,
  );
  const own = config(OWN_TEXT);
  t.equal(names.has(own, 'web'), true);
  for (const call of [
    () => names.has(own, 'odd'),
    () => names.find(own, checkWish('odd')),
    () => names.bind(own, checkWish('odd')),
    () => names.rebind(own, checkWish('odd')),
  ])
    t.throws(call, { name: 'ConfigFileError', message: /:3/ });
  t.end();
});

t.test('a checkout has names of its own, and no port of those of others', (t) => {
  const none = namesBeside('[DEFAULT]\n');
  const shop = none.of(SHOP);
  t.equal(shop.folder, SHOP);
  const empty = config('[DEFAULT]\nweb = 7000\n');
  const { result, content } = shop.bind(empty, checkWish('web', { prefer: 7000 }));
  t.not(result, 7000);
  const both = config(`${content}`);
  t.strictSame([...shop.ports(both)], [['web', result]]);
  t.strictSame([...none.ports(both)], [['web', 7000]]);
  t.throws(() => none.bind(both, checkWish('db', result)), {
    code: 'ERR_PORT_CONFLICT',
    message: new RegExp(SHOP),
  });
  t.equal(shop.find(both, checkWish('web', result)), result);
  t.strictSame(
    shop.gone(both).map(({ name, folder }) => [name, folder]),
    [['web', SHOP]],
    'a folder that is gone',
  );
  const pruned = shop.prune(both);
  t.equal(pruned.result.length, 1);
  t.strictSame([...shop.ports(config(`${pruned.content}`))], []);
  t.end();
});
