import t from 'tap';

t.test('port numbers', async (t) => {
  const { findPortNumbers, parsePortNumbers } = await import('../../data/port-numbers.mjs');

  t.test('are read in every form that the registries print', async (t) => {
    const forms: [string, [number, number][]][] = [
      ['80', [[80, 80]]],
      [' 80\n', [[80, 80]]],
      ['6000-6063', [[6000, 6063]]],
      ['6881–6887', [[6881, 6887]]],
      ['6881 — 6887', [[6881, 6887]]],
      ['4748-4748', [[4748, 4748]]],
      [
        '80, 443; 8000–8001',
        [
          [80, 80],
          [443, 443],
          [8000, 8001],
        ],
      ],
      [
        '27015 and 27016',
        [
          [27015, 27015],
          [27016, 27016],
        ],
      ],
      ['0', []],
      ['0-1023', [[1, 1023]]],
      ['49152–65535', [[49152, 65535]]],
    ];
    for (const [text, ranges] of forms) {
      t.strictSame(
        parsePortNumbers(text),
        ranges.map(([low, high]) => ({ low, high })),
        text,
      );
    }
  });

  t.test('are nothing else', async (t) => {
    for (const text of [
      '',
      'Port',
      'various',
      '80, many',
      '9-8',
      '65536',
      '1-65536',
      '1.5',
      '1-2-3',
      '80+',
    ]) {
      t.equal(parsePortNumbers(text), undefined, text);
    }
  });

  t.test('are found in sentences', async (t) => {
    const found = (text: string) => findPortNumbers(text).map(({ low, high }) => `${low}-${high}`);
    t.strictSame(found('Known Unauthorized Use on ports 28017, 28018 and 28019'), [
      '28017-28017',
      '28018-28018',
      '28019-28019',
    ]);
    t.strictSame(found('Unauthorized Use Known on ports 2194–2196'), ['2194-2196']);
    t.strictSame(found('yes'), []);
  });
});
