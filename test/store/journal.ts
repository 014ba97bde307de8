import t from 'tap';
import { settle, writeJournal } from '../../lib/store/journal';
import { NO_PYTHON, python } from '../support/python';

const OLD = Buffer.from('[DEFAULT]\na = 1\nbb = 22\nc = 3\n');
const NEW = Buffer.from('[DEFAULT]\na = 1\nc = 3\nd = 4\ne = 5\n');
const START = '[DEFAULT]\na = 1\n'.length;

/** A file whose journal is written, with the first `placed` of the new bytes in their place. */
function underWay(placed: number, change = { start: START, bytes: NEW.subarray(START) }): Buffer {
  const body = Buffer.alloc(Math.max(OLD.length, NEW.length), '\n');
  OLD.copy(body);
  change.bytes.copy(body, change.start, 0, placed);
  return Buffer.concat([body, writeJournal(OLD, change)]);
}

t.test('however much of a change is in place, its journal tells the new content', async (t) => {
  for (let placed = 0; placed <= NEW.length - START; placed++) {
    t.strictSame(settle(underWay(placed)), NEW, `${placed} bytes`);
  }
});

t.test('a journal that is not whole counts for nothing', async (t) => {
  const whole = underWay(0);
  const begin = Math.max(OLD.length, NEW.length);
  for (let length = begin; length < whole.length; length++) {
    const content = settle(whole.subarray(0, length)).toString();
    const [old] = [OLD.toString()];
    // A cut first line is a comment like others.
    t.ok(content === old || /^\n*(#:? ?[\d a-f]*)?$/.test(content.slice(old.length)), `${length} bytes`);
    t.ok(content.startsWith(old));
  }
});

t.test('a journal belongs to the bytes before it', async (t) => {
  const file = underWay(5);
  file[3] = 0x58;
  const settled = settle(file).toString();
  t.notMatch(settled, /d = 4/);
});

t.test('files without a journal stay what they are', async (t) => {
  const texts = [
    '',
    '\n',
    '[DEFAULT]\n',
    '#: 1 2 3\n',
    '[DEFAULT]\n#: 3 3 00000000\n',
    '\n#: 5 1 12345678\na = 1\n',
  ];
  for (const text of texts) t.equal(settle(Buffer.from(text)).toString(), text);
});

t.test('any bytes come back', async (t) => {
  const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 256));
  t.strictSame(settle(underWay(0, { start: 0, bytes })), bytes);
  t.strictSame(settle(underWay(0, { start: 0, bytes: Buffer.alloc(0) })), Buffer.alloc(0));
});

const READ = `
import configparser, json, sys
parser = configparser.ConfigParser()
parser.read_string(json.load(sys.stdin))
print(json.dumps(list(parser.defaults().items())))
`;

t.test('Python reads the old content beside a journal', { skip: NO_PYTHON }, async (t) => {
  const expected = [
    ['a', '1'],
    ['bb', '22'],
    ['c', '3'],
  ];
  t.strictSame(python(READ, underWay(0).toString()), expected);
});
