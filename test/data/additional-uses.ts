import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const file = join(__dirname, '..', '..', 'data', 'additional-uses.csv');

t.test("the project's own list of uses", async (t) => {
  const { readUnofficial } = await import('../../data/readers/index.mjs');
  const text = readFileSync(file, 'utf8');
  const { uses, skipped } = readUnofficial(text, file);

  t.test('has a page that describes each use', async (t) => {
    t.strictSame(skipped, []);
    t.strictSame(
      uses.filter(({ source }) => !/^https?:\/\/[\w.-]+\.\w+\//.test(source)),
      [],
    );
  });

  t.test('is ascending and says nothing twice', async (t) => {
    const keys = uses.map(({ low, high, transports }) => `${low}-${high}/${transports.join('+')}`);
    t.equal(new Set(keys).size, keys.length);
    const ports = uses.map(({ low }) => low);
    t.strictSame(
      ports,
      ports.toSorted((a, b) => a - b),
    );
  });

  t.test('has no range so wide that it takes the good ports away', async (t) => {
    t.strictSame(
      uses.filter(({ low, high }) => high - low > 255),
      [],
    );
  });

  t.test('has names that fit a line of output', async (t) => {
    t.strictSame(
      uses.filter(({ name }) => name.length > 75),
      [],
    );
  });
});
