import t from 'tap';
import { portFor } from '../support/command';
import { NO_TABLE } from '../support/no-table';

t.test(
  '--explain gives the verdict, each rule with its source, and what to take instead',
  { skip: NO_TABLE },
  async (t) => {
    const { code, stdout, stderr } = await portFor(['--explain', '6379']);
    t.strictSame({ code, stderr }, { code: 0, stderr: '' });
    const [verdict, ...rest] = stdout.trimEnd().split('\n');
    t.match(verdict, /^6379\/tcp is not good: IANA assigns it to redis/);
    t.match(
      rest[0],
      /^ {2}assigned +IANA assigns it to redis: ".*", registered 2015-04-23 \[https:\/\/www\.iana\.org/,
    );
    t.match(rest.at(-1), /^nearest good ports: \d+, \d+, \d+, \d+, \d+$/);
    const udp = await portFor(['--explain', '53', '--udp', '--json']);
    t.match(JSON.parse(udp.stdout), {
      port: 53,
      transport: 'udp',
      isGood: false,
      rules: [{ rule: 'system' }, { rule: 'assigned' }],
    });
  },
);

t.test('--explain takes one port', async (t) => {
  t.equal((await portFor(['--explain', '80-90'])).code, 2);
  t.equal((await portFor(['--explain'])).code, 2);
});
