import t from 'tap';
import { planWait } from '../../lib/wait/options';
import { spotOf } from '../../lib/wait/spot';
import { toTarget } from '../../lib/wait/target';

const OCCUPIED = planWait('occupied', {});
const FREE = planWait('free', {});
const STEADY = planWait('occupied', { steady: 50 });

const key = (target: string, plan = OCCUPIED, address = '127.0.0.1') =>
  spotOf(toTarget(target), address, plan).key;

t.test('waits that ask alike share their tries', (t) => {
  t.equal(key('localhost:7000'), key('127.0.0.1:7000', planWait('occupied', { timeout: 5 })));
  t.equal(key('localhost:7000'), key('localhost:7000', FREE));
  t.not(key('localhost:7000'), key('localhost:7001'));
  t.not(key('localhost:7000'), key('localhost:7000', OCCUPIED, '::1'));
  t.equal(key('unix:/a', OCCUPIED, '/a'), key('unix:/a', FREE, '/a'));
  for (const target of ['http://localhost:7000/', 'tls:localhost:7000'])
    t.equal(key(target, FREE), key('localhost:7000'), `${target}: nobody accepts where it is free`);
  t.end();
});

t.test('waits that ask in a way of their own do not', (t) => {
  for (const target of ['http://localhost:7000/', 'tls:localhost:7000']) {
    t.not(key(target), key('localhost:7000'), target);
    t.equal(key(target), key(target), 'but for the same wait');
    t.not(key(target), key(target, planWait('occupied', {})), 'of another wait');
  }
  t.not(key('http://localhost:7000/a'), key('http://localhost:7000/b'));
  t.not(key('localhost:7000', STEADY), key('localhost:7000'));
  t.equal(key('localhost:7000', STEADY), key('localhost:7000', STEADY));
  t.end();
});

t.test('where a spot is, and whether the socket table lists it, is told', (t) => {
  const spot = (target: string, address: string) => spotOf(toTarget(target), address, OCCUPIED);
  t.match(spot('localhost:7000', '127.0.0.1'), { port: 7000, isLocal: true, isInTable: true });
  t.match(spot('far:7000', '192.0.2.1'), { address: '192.0.2.1', isLocal: false, isInTable: false });
  t.match(spot('unix:/a', '/a'), { address: '/a', port: 0, isLocal: true, isInTable: false });
  t.end();
});
