import t from 'tap';
import { hasColors, screen } from '../../../lib/cli/seeing/screen';

const NO_TERMINAL = -1;

t.test('colours are for terminals, or where they are forced', (t) => {
  t.equal(hasColors(NO_TERMINAL, {}), false);
  for (const forced of ['1', '3', '', 'true']) t.equal(hasColors(NO_TERMINAL, { FORCE_COLOR: forced }), true);
  for (const off of ['0', 'false']) t.equal(hasColors(NO_TERMINAL, { FORCE_COLOR: off }), false);
  t.equal(hasColors(NO_TERMINAL, { FORCE_COLOR: '1', NO_COLOR: '1', TERM: 'dumb' }), true);
  t.end();
});

t.test('colours on a terminal can be turned off', (t) => {
  const { hasColors } = t.mockRequire<typeof import('../../../lib/cli/seeing/screen')>(
    '../../../lib/cli/seeing/screen',
    { 'node:tty': { isatty: () => true } },
  );
  t.equal(hasColors(1, {}), true);
  t.equal(hasColors(1, { NO_COLOR: '' }), true);
  t.equal(hasColors(1, { NO_COLOR: '1' }), false);
  t.equal(hasColors(1, { TERM: 'dumb' }), false);
  t.end();
});

t.test('without a terminal the environment tells the room', (t) => {
  const { screen: without } = t.mockRequire<typeof import('../../../lib/cli/seeing/screen')>(
    '../../../lib/cli/seeing/screen',
    { 'node:tty': { isatty: () => false } },
  );
  t.strictSame(without({}), { columns: 80, rows: 24, hasColors: false });
  t.strictSame(without({ COLUMNS: '100', LINES: '50', FORCE_COLOR: '1' }), {
    columns: 100,
    rows: 50,
    hasColors: true,
  });
  t.strictSame(without({ COLUMNS: 'wide', LINES: '' }), { columns: 80, rows: 24, hasColors: false });
  t.ok(screen().columns > 0);
  t.end();
});
