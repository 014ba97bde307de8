import t from 'tap';
import { plain } from '../../lib/cli/plain';

t.test('what would move the cursor is written out', (t) => {
  t.equal(plain('a\x1b[31mb\n\x00\x7f\x85'), 'a\\x1b[31mb\\x0a\\x00\\x7f\\x85');
  t.equal(plain('\u2028\u2029'), '\\u2028\\u2029');
  t.equal(plain('a\u202egnp.exe\u2069\u061c'), 'a\\u202egnp.exe\\u2069\\u061c');
  t.equal(plain('👩\u200d💻'), '👩\u200d💻', 'a character of several is left whole');
  t.equal(plain('é „ü“ 漢 \\x'), 'é „ü“ 漢 \\x');
  t.end();
});
