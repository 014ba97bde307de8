import t from 'tap';
import { NoFreePortError } from '../../lib/pick/errors';
import { PortSet } from '../../lib/ports/port-set';
import { checkWish, choosePort, type Holder } from '../../lib/store/wish';

const NOTHING: ReadonlySet<number> = new Set();

/** A holder that writes down what it is asked, and has none of the ports `taken`. */
function notingHolder(...taken: number[]): Holder & { asked: unknown[] } {
  const asked: unknown[] = [];
  return {
    asked,
    claim: (name, port) => void asked.push([name, port]),
    pick: (from) => {
      asked.push(from);
      const { ports = 8000 } = from;
      if (taken.includes(ports)) throw new NoFreePortError(new PortSet(ports), ['tcp'], 1, 0);
      return ports;
    },
  };
}

t.test('a wish has a name, and a port or a preferred one', async (t) => {
  const none = { port: undefined, prefer: undefined, hold: undefined };
  t.strictSame(checkWish('Web'), { ...none, name: 'web' });
  t.strictSame(checkWish('web', 80), { ...none, name: 'web', port: 80 });
  t.strictSame(checkWish('web', { port: 80 }), { ...none, name: 'web', port: 80 });
  t.strictSame(checkWish('web', { prefer: 80 }), { ...none, name: 'web', prefer: 80 });
  const hold = notingHolder();
  t.equal(checkWish('web', {}, hold).hold, hold);
  t.equal(checkWish('web', { exclusive: true } as never, hold).port, undefined, 'a lease has more options');
});

t.test('a wish that is off is refused', async (t) => {
  for (const [options, message] of [
    [0, 'port 0 is out of range'],
    [{ port: 65_536 }, 'port 65536 is out of range'],
    [{ prefer: 0 }, 'prefer 0 is out of range'],
    [{ prefer: 1.5 }, 'prefer 1.5'],
    [{ port: 80, prefer: 81 }, 'port and prefer are not both possible'],
  ] as const) {
    t.throws(() => checkWish('web', options), { code: 'ERR_PORT_INVALID_VALUE', message });
  }
  t.throws(() => checkWish('web', { ports: 80 } as never), { code: /^ERR_PORT_/, message: /ports/ });
  t.throws(() => checkWish('web', '80' as never), { code: 'ERR_PORT_INVALID_TYPE' });
  t.throws(() => checkWish(''), { code: /^ERR_PORT_/ });
});

t.test('a named port is claimed under its name, and nobody else is asked', async (t) => {
  const hold = notingHolder();
  t.equal(choosePort(checkWish('web', { port: 80 }, hold), new Set([80])), 80);
  t.strictSame(hold.asked, [['web', 80]]);
});

t.test('a preferred port is asked for first, then any that no name has', async (t) => {
  const names = new Set([80, 81]);
  const any = { exclude: [80, 81] };
  for (const [prefer, taken, port, asked] of [
    [82, [], 82, [{ ports: 82 }]],
    [82, [82], 8000, [{ ports: 82 }, any]],
    [81, [], 8000, [any]],
    [undefined, [], 8000, [any]],
  ] as const) {
    const hold = notingHolder(...taken);
    t.equal(choosePort(checkWish('web', { prefer }, hold), names), port);
    t.strictSame(hold.asked, asked);
  }
});

t.test('a preferred port that cannot be asked for is a failure, and no reason to take another', async (t) => {
  const error = Object.assign(new Error('no descriptor'), { code: 'EMFILE' });
  const hold: Holder = {
    ...notingHolder(),
    pick: ({ ports }) => {
      if (ports === undefined) return 8000;
      throw error;
    },
  };
  t.throws(() => choosePort(checkWish('web', { prefer: 82 }, hold), NOTHING), error);
});

t.test('the kernel is asked before a file is locked, and only for a pick', async (t) => {
  let asked = 0;
  const { preparePick } = t.mockRequire<typeof import('../../lib/store/wish')>('../../lib/store/wish', {
    '../../lib/machine/ephemeral-range': { kernelPorts: () => asked++ },
  });
  preparePick(checkWish('web', 80));
  t.equal(asked, 0);
  preparePick(checkWish('web'));
  preparePick(checkWish('web', {}, notingHolder()));
  t.equal(asked, 2);
});
