import t from 'tap';
import { registryEvidence } from '../../lib/registry/evidence';
import { unassignedPorts } from '../../lib/registry/good-ports';

t.test('a port that IANA assigned has its row', (t) => {
  const { iana } = registryEvidence(6379);
  t.match(iana[0], { name: 'redis', registered: /^\d{4}-\d\d/ });
  t.match(registryEvidence(6379, 'udp').iana[0], { name: '' });
  t.end();
});

t.test('what IANA does not know is told with its source, and only for its transport', (t) => {
  const { iana, uses } = registryEvidence(9229);
  t.strictSame(iana, []);
  t.match(uses[0], { name: /inspector/, source: /^https:\/\/nodejs\.org\// });
  t.strictSame(registryEvidence(9229, 'udp').uses, []);
  t.end();
});

t.test('a use of one port comes before one of a range that it lies in', (t) => {
  const [first, second] = registryEvidence(2195).uses;
  t.match(first, { name: 'Apple Push Notification', source: /^https:/ });
  t.match(second, { name: '', source: /^https:/ });
  for (const port of [2194, 2196]) t.equal(registryEvidence(port).uses.at(-1)?.name, '', `${port}`);
  for (const port of [2193, 2197])
    t.notOk(
      registryEvidence(port).uses.some(({ name }) => name === ''),
      `${port}`,
    );
  t.end();
});

t.test('a row of a range holds for its ends, and tells no date that IANA does not', (t) => {
  const reserved = { name: '', description: 'Reserved' };
  for (const port of [1011, 1020]) t.strictSame(registryEvidence(port).iana, [reserved], `${port}`);
  t.strictSame(registryEvidence(225, 'udp').iana, [{ ...reserved, modified: '2024-12-20' }]);
  t.not(registryEvidence(1021).iana[0]?.description, 'Reserved');
  t.end();
});

t.test('a port of nobody has no evidence, and what is no port is refused', (t) => {
  t.strictSame(registryEvidence([...unassignedPorts()][0] ?? 0), { iana: [], uses: [] });
  t.throws(() => registryEvidence(0), { message: /out of range/ });
  t.throws(() => registryEvidence(80, 'sctp' as never), { message: /"sctp"/ });
  t.end();
});
