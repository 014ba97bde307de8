import t from 'tap';
import { printable } from '../../lib/arguments/printable';

t.test('what would move the cursor, or turn the text, is a question mark', async (t) => {
  t.equal(printable('node server.js'), 'node server.js');
  t.equal(printable('  \u001b[2Jnode\r\n\u0007'), '?[2Jnode???');
  t.equal(printable('a\u202eb\u200bc\u2028d\u2029e\u0085f'), 'a?b?c?d?e?f');
  t.equal(printable(' größe 港 👍 '), 'größe 港 👍');
});
