import t from 'tap';
import { Unavailable } from '../../lib/pool/unavailable';
import { PortSet } from '../../lib/ports/port-set';

t.test('ports are unavailable while they are reserved, and until they have cooled down', (t) => {
  let time = 10_000;
  t.intercept(Date, 'now', { value: () => time });
  const unavailable = new Unavailable(1000);
  const candidates = new PortSet('1-5');
  const available = () => `${unavailable.removeFrom(candidates)}`;
  for (const port of [1, 2, 3, 9]) unavailable.take(port);
  t.equal(available(), '4-5');
  unavailable.release(1, 9500);
  unavailable.release(2, 8999);
  unavailable.release(3, 9000);
  unavailable.release(9, 0);
  t.equal(available(), '2-5', 'those whose time is over cool down no more');
  t.equal(unavailable.cooling, 1);
  t.strictSame(unavailable.releases(), [{ ports: [1], at: 9500 }]);
  time = 10_499;
  t.equal(available(), '2-5');
  time = 10_500;
  t.equal(available(), '1-5');
  t.strictSame(unavailable.releases(), []);
  unavailable.take(4);
  unavailable.release(4, 10_500);
  t.equal(unavailable.cooling, 1);
  time = 11_500;
  t.equal(unavailable.cooling, 0);
  unavailable.take(4);
  t.equal(`${unavailable.removeFrom(new PortSet('3-7'))}`, '3,5-7', 'of other candidates');
  t.equal(available(), '1-3,5');
  t.end();
});

t.test('of the releases and reservations of a port in a state file the last one counts', (t) => {
  let time = 1000;
  t.intercept(Date, 'now', { value: () => time });
  const unavailable = new Unavailable(1000);
  const candidates = new PortSet('1-3');
  unavailable.release(1, 900);
  unavailable.release(2, 910);
  unavailable.release(3, 920);
  unavailable.release(1, 930);
  unavailable.take(3);
  t.strictSame(unavailable.releases(), [
    { ports: [2], at: 910 },
    { ports: [1], at: 930 },
  ]);
  time = 1910;
  t.equal(`${unavailable.removeFrom(candidates)}`, '2');
  time = 1930;
  t.equal(`${unavailable.removeFrom(candidates)}`, '1-2', 'what is reserved does not cool down');
  t.end();
});
