import t, { type Test } from 'tap';
import { addon } from '../../lib/addon/addon';
import { PortSet } from '../../lib/ports/port-set';

const bitsOf = (ports = '') => (ports === '' ? new PortSet() : new PortSet(ports)).bits;

/** What one step found. */
function found(sets: Partial<Record<'free' | 'used' | 'denied' | 'filtered' | 'unreachable', string>>) {
  return {
    free: bitsOf(sets.free),
    used: bitsOf(sets.used),
    denied: bitsOf(sets.denied),
    filtered: bitsOf(sets.filtered),
    unreachable: bitsOf(sets.unreachable),
  };
}

/** The result of a scan whose steps find this, and the ports that each step was asked for. */
function scanFinding(t: Test, steps: readonly (ReturnType<typeof found> | undefined)[], method?: 'table') {
  const left = [...steps];
  const asked: string[] = [];
  const scanSync = ({ ports }: { ports: Uint8Array }) => {
    asked.push(`${PortSet.fromBits(ports)}`);
    return left.shift();
  };
  const scripted = new Proxy(addon, {
    get: (target, name) => {
      if (name === 'scanSync') return scanSync;
      return name === 'hasRoute' || name === 'isLocalAddress' ? () => true : Reflect.get(target, name);
    },
  });
  const mocked = t.mockRequire<typeof import('../../lib/scan/scan')>('../../lib/scan/scan', {
    '../../lib/addon/addon': { addon: scripted },
  });
  const result = mocked.scanSync('1-9', { method });
  return {
    asked,
    ...Object.fromEntries(Object.entries(result).map(([name, set]) => [name, `${set}`])),
  };
}

t.test('a port that one step finds used, denied or filtered is not free', (t) => {
  const result = scanFinding(t, [
    found({ free: '1-5,9', used: '6', denied: '7', filtered: '8', unreachable: '8' }),
    found({ free: '1-3,8', used: '4,7', denied: '5', filtered: '9' }),
    found({ free: '1,2,5', used: '8', denied: '3', filtered: '3,5', unreachable: '5' }),
  ]);
  t.strictSame(result, {
    asked: ['1-9', '1-5,7-9', '1-3,5,8-9'],
    free: '1-2',
    used: '4,6-8',
    denied: '3,5',
    filtered: '9',
    unreachable: '',
  });
  t.end();
});

t.test('what cannot be reached is filtered too', (t) => {
  const result = scanFinding(t, [
    found({ free: '1-9' }),
    found({ free: '1-5', filtered: '6-9', unreachable: '8-9' }),
    found({ free: '1-8', used: '9', unreachable: '7' }),
  ]);
  t.match(result, { free: '1-5', used: '9', filtered: '6-8', unreachable: '7-8' });
  t.end();
});

t.test('a step whose address is left out finds nothing, and one at least has to find', (t) => {
  const result = scanFinding(t, [found({ free: '1-9' }), undefined, undefined]);
  t.match(result, { free: '1-9', used: '' });
  t.throws(() => scanFinding(t, []), { code: 'ERR_PORT_HOST', message: /loopback interface/ });
  t.throws(() => scanFinding(t, [], 'table'), { code: 'ERR_PORT_NO_TABLE' });
  t.end();
});
