import t from 'tap';
import { didYouMean, nearest } from '../../lib/arguments/nearest';

const WORDS = ['ports', 'exclude', 'host', 'transport', 'timeout', 'attemptTimeout'];

t.test('a misspelt word finds the one that was meant', async (t) => {
  for (const [word, meant] of [
    ['portss', 'ports'],
    ['port', 'ports'],
    ['prots', 'ports'],
    ['PORTS', 'ports'],
    ['exlcude', 'exclude'],
    ['excludes', 'exclude'],
    ['hosts', 'host'],
    ['timout', 'timeout'],
    ['attempt', 'attemptTimeout'],
  ] as const) {
    t.equal(nearest(word, WORDS), meant, word);
  }
  t.equal(nearest('hots', ['hosts', 'host']), 'hosts', 'of two as near the first: a swap is one edit');
  t.equal(nearest('web', ['API', 'WEB']), 'WEB', 'whatever the case of either');
  t.equal(
    nearest('shops', ['shop', 'shops-of-ann', 'shops']),
    'shops',
    'the word itself before one that it begins',
  );
});

t.test('a word that is near to none finds none', async (t) => {
  for (const word of ['', 'x', 'reserve', 'signal', 'constructor'])
    t.equal(nearest(word, WORDS), undefined, word);
});

t.test('the sentence spells the word as it is to be written', async (t) => {
  t.equal(didYouMean('portss', WORDS), ': did you mean "ports"?');
  t.equal(
    didYouMean('hots', WORDS, (word) => `--${word}`),
    ': did you mean --host?',
  );
  t.equal(didYouMean('reserve', WORDS), '');
});
