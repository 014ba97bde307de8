import t from 'tap';
import { PortSet } from '../../lib/ports/port-set';
import type { Transport } from '../../lib/ports/transport';
import { serviceName } from '../../lib/registry/services';
import { unassignedRanges } from '../../lib/registry/unassigned';
import { UNASSIGNED_RANGES } from '../../lib/registry/unassigned-ranges';

const transports: Transport[] = ['tcp', 'udp'];

t.test('unassigned ranges are ascending, apart, and none of them is a dynamic port', async (t) => {
  for (const transport of transports) {
    const ranges = unassignedRanges(transport);
    const set = new PortSet(ranges);
    t.strictSame(set.ranges(), ranges);
    t.equal(set.intersection('49151-65535').size, 0);
    // About 42,700 ports are Unassigned; a table far smaller or larger was made from the wrong inputs.
    t.ok(set.size > 25_000 && set.size < 45_000, `${set.size} ${transport} ports`);
  }
});

t.test('UNASSIGNED_RANGES are those of TCP, read once', async (t) => {
  t.equal(UNASSIGNED_RANGES, unassignedRanges());
  t.equal(UNASSIGNED_RANGES, unassignedRanges('tcp'));
  t.not(UNASSIGNED_RANGES, unassignedRanges('udp'));
});

t.test('no port of a range that IANA assigned is unassigned', async (t) => {
  const assigned = '4200-4299,6000-6063,6665-6669,7300-7359,27000-27009';
  t.equal(new PortSet(UNASSIGNED_RANGES).intersection(assigned).size, 0);
});

t.test('a port that is assigned for TCP alone is judged by transport', async (t) => {
  const tcp = new PortSet(unassignedRanges('tcp'));
  const udp = new PortSet(unassignedRanges('udp'));
  t.equal(tcp.has(44323), false);
  t.equal(udp.has(44323), true);
  // Assigned for TCP, Reserved for UDP, and inside a wider range that says Unassigned.
  for (const port of [7775, 7997]) {
    t.equal(tcp.has(port), false);
    t.equal(udp.has(port), false);
  }
});

t.test('wide ranges of voice over UDP take nothing from TCP', async (t) => {
  const voice = new PortSet('10000-20000');
  t.ok(new PortSet(unassignedRanges('tcp')).intersection(voice).size > 8000);
  t.equal(new PortSet(unassignedRanges('udp')).intersection(voice).size, 0);
});

t.test('a service has the name of IANA, by port and transport', async (t) => {
  t.match(serviceName(22), { name: 'ssh', official: true });
  t.match(serviceName(80), { name: 'http', official: true });
  t.match(serviceName(53, 'udp'), { name: 'domain', official: true });
  t.match(serviceName(514, 'tcp'), { name: 'shell' });
  t.match(serviceName(514, 'udp'), { name: 'syslog' });
  for (const port of [6000, 6031, 6063]) t.match(serviceName(port), { name: 'x11', official: true });
});

t.test('what IANA did not assign is known by its unofficial use', async (t) => {
  const service = serviceName(15);
  t.equal(service?.official, false);
  t.equal(service?.name, service?.unofficialUses[0]);
  t.ok(service?.name);
});

t.test('ports that nobody is known for have no name', async (t) => {
  const { low = 0 } = UNASSIGNED_RANGES[0] ?? {};
  t.equal(serviceName(low), undefined);
  t.equal(serviceName(65535), undefined);
});

t.test('no port that developers meet every day is unassigned', async (t) => {
  const tcp = new PortSet(unassignedRanges('tcp'));
  const known =
    '5173,4173,9229,9222,5005,5678,9003,2345,6006,8081,4321,1313,35729,24678,9323,4723,' + // servers and debuggers
    '9870,9864,8088,19888,16010,9042,26257,28015,8123,9440,8529,7687,6333,19530,7700,8108,' + // databases
    '4317,4318,13133,16686,9411,9090,9115,9464,8428,3100,24224,10902,' + // observability
    '11434,1234,7860,8188,8265,12434,6274,6277,18789,4096,' + // AI
    '25565,25575,27015,6129,5931,6522';
  t.equal(tcp.intersection(known).toString(), '');
  t.equal(new PortSet(unassignedRanges('udp')).intersection('19132,25565,41641,8125').toString(), '');
});

t.test('no unassigned port has a service', async (t) => {
  for (const transport of transports) {
    const named = [...new PortSet(unassignedRanges(transport))].filter((port) =>
      serviceName(port, transport),
    );
    t.strictSame(named, []);
  }
});

t.test('the port and the transport of a service are checked', async (t) => {
  t.throws(() => serviceName(0), { name: 'RangeError', message: /^port 0 is out of range/ });
  t.throws(() => serviceName('80' as unknown as number), { name: 'TypeError' });
  t.throws(() => serviceName(80, 'sctp' as Transport), { name: 'RangeError', message: /^transport "sctp"/ });
  t.throws(() => unassignedRanges('sctp' as Transport), { name: 'RangeError', message: /^transport "sctp"/ });
});
