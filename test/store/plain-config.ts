import t from 'tap';
import { readPlain } from '../../lib/store/plain-config';

const read = (text: string) =>
  JSON.stringify([...(readPlain(text) ?? [])].map(([section, ports]) => [section, [...ports]]));

t.test('plain lines are read', async (t) => {
  t.equal(read(''), '[]');
  t.equal(read('\n# ports\n\n'), '[]');
  t.equal(
    read(
      '# ports\n[DEFAULT]\nweb = 80\n; more\na-b.c_d = 65535\n\n[/checkout]\nweb = 81\n[DEFAULT]\ndb = 82\n',
    ),
    '[["DEFAULT",[["web",80],["a-b.c_d",65535],["db",82]]],["/checkout",[["web",81]]]]',
  );
});

t.test('all else is left to the whole grammar', async (t) => {
  const lines = [
    'Web = 80',
    ' web = 80',
    'web=80',
    'web: 80',
    'web = 0',
    'web = 65536',
    'web = 080',
    'web = x',
    'web = 80 ',
    'web',
    'w\u00e4b = 80',
    'web = 80\r',
    ' # x',
    ' ',
    '[x',
    '[x]y',
    '[[x]]',
    'web = 80\nweb = 81',
    '[s]\n[s]',
    '\ufeff',
  ];
  for (const line of lines) t.equal(readPlain(`[DEFAULT]\n${line}\n`), undefined, JSON.stringify(line));
  t.equal(readPlain('web = 80\n'), undefined, 'no section');
  t.equal(readPlain('[DEFAULT]\nweb = 80'), undefined, 'no line end');
});
