import t from 'tap';
import { addAssociation, type ConfigText, parseConfig } from '../../lib/store/config-text';
import { readPlain } from '../../lib/store/plain-config';

const read = (text: string) =>
  JSON.stringify([...(readPlain(text) ?? [])].map(([section, { ports }]) => [section, [...ports]]));

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
    '# x\rweb = 80',
    '[x\ry]',
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

t.test('an association is added where the whole grammar adds it', async (t) => {
  const texts = [
    '',
    '# none\n',
    '[DEFAULT]\n',
    '[DEFAULT]\n# web\nweb = 80\n\n# the end\n',
    '[DEFAULT]\n\n[/checkout]\nweb = 81\n; more\n[DEFAULT]\n',
    '[DEFAULT]\nweb = 80\n\n[other]\nweb = 82\n[DEFAULT]\ndb = 83\n\n[/checkout]\n# nothing yet\n',
  ];
  for (const text of texts) {
    const plain = parseConfig(Buffer.from(text), 'file');
    const { sections, odd, items, rawLines } = plain;
    const whole = { sections, odd, items, rawLines };
    for (const section of ['DEFAULT', '/checkout']) {
      const added = (config: ConfigText) => addAssociation(config, section, 'new', 99).toString();
      t.equal(added(plain), added(whole), `${JSON.stringify(text)} ${section}`);
    }
  }
});

t.test('sections of others are none of ours, in whichever way the file is read', async (t) => {
  for (const eol of ['\n', '\r\n']) {
    const text = ['[DEFAULT]', 'web = 80', '[other]', 'db = 81', '[/checkout]', ''].join(eol);
    const { sections } = parseConfig(Buffer.from(text), 'file');
    t.strictSame([...sections.keys()], ['DEFAULT', '/checkout']);
  }
  t.strictSame([...parseConfig(Buffer.from(''), 'file').sections.keys()], ['DEFAULT'], 'nor is one needed');
});
