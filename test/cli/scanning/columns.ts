import t from 'tap';
import { columns } from '../../../lib/cli/scanning/columns';

t.test('cells of a column begin below one another, and no line ends with blanks', (t) => {
  t.strictSame(
    columns([
      ['PORT', 'NAME', 'X'],
      ['1', 'long name', ''],
      ['12345', '', 'y'],
    ]),
    ['PORT   NAME       X', '1      long name', '12345             y'],
  );
  t.strictSame(columns([]), []);
  t.end();
});
