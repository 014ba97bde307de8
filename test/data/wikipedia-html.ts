import t from 'tap';
import { readFixture } from '../support/fixtures';

t.test('the list of Wikipedia', async (t) => {
  const { readUnofficial } = await import('../../data/readers/index.mjs');
  const { uses, skipped } = readUnofficial(readFixture('registry/wikipedia.html'), 'wikipedia.html');
  const usesOf = (wanted: number) =>
    uses
      .filter(({ low, high }) => low <= wanted && wanted <= high)
      .map(({ low, high, transports, name, claimsAssignment }) =>
        [`${low}-${high}`, transports.join('+'), claimsAssignment ? 'assigned' : 'unofficial', name].join(
          ' ',
        ),
      );

  t.test('says which uses claim to be assigned and which are unofficial', async (t) => {
    t.strictSame(usesOf(1), ['1-1 tcp+udp assigned Alpha Protocol']);
    t.match(usesOf(7779), [/^7779-7779 udp unofficial /, /^7779-7779 tcp assigned /]);
  });

  t.test('has ports and states that are merged over rows and columns', async (t) => {
    t.strictSame(usesOf(9), ['9-9 tcp+udp assigned Throws it all away', '9-9 udp unofficial Wakes machines']);
    t.strictSame(usesOf(6881), ['6881-6887 tcp+udp unofficial Swarm of peers, most often']);
  });

  t.test('has ranges with en dashes, and lists', async (t) => {
    t.strictSame(usesOf(6890), ['6889-6890 tcp+udp unofficial Swarm of peers, most often']);
    t.strictSame(usesOf(6902), ['6902-6902 tcp+udp unofficial Swarm of peers, most often']);
    t.strictSame(usesOf(6888), []);
  });

  t.test('has footnotes, hidden text and tables in cells that are no part of a use', async (t) => {
    t.strictSame(usesOf(7777), ['7777-7777 tcp unofficial Game of the unknown & more']);
    t.strictSame(usesOf(20400), ['20000-20400 udp unofficial Voice media']);
    t.strictSame(usesOf(1234), []);
  });

  t.test('counts a use of an unknown transport for every one', async (t) => {
    t.strictSame(usesOf(7778), ['7778-7778 tcp+udp unofficial A use of an unknown transport']);
  });

  t.test('has descriptions that are cut to the length of a name', async (t) => {
    const [use] = uses.filter(({ low }) => low === 7779);
    t.equal(use?.name, 'A server that is a good deal more talkative about itself...');
  });

  t.test('has rows without a use or a port', async (t) => {
    t.strictSame(
      uses.filter(({ low }) => low < 1),
      [],
    );
    t.strictSame(skipped, ['various: A use without a number']);
  });

  t.test('is refused when its tables have other columns', async (t) => {
    const page = readFixture('registry/wikipedia.html').replaceAll('UDP', 'QUIC');
    t.throws(() => readUnofficial(page, 'x.html'), {
      message: /^the page has no table with the columns Port, TCP, UDP and Description/,
    });
  });
});
