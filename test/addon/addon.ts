import { chownSync, lchownSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { addon } from '../../lib/addon/addon';
import { leaseManySync } from '../../lib/lease/lease';
import { PortSet } from '../../lib/ports/port-set';
import { NO_OTHER_USER, NOBODY } from '../support/privilege';

/** An address for documentation (RFC 5737), which no machine has. */
const NOT_OURS = '192.0.2.1';

const bindThere = {
  ports: new Uint8Array(8192).fill(0xff),
  method: 'bind',
  hosts: [NOT_OURS],
  transports: ['tcp'],
  timeout: 1,
  concurrency: 1,
  reset: false,
  skipIfDown: false,
} as const;

const expected = {
  code: 'ERR_PORT_SYSTEM',
  systemCode: 'EADDRNOTAVAIL',
  syscall: 'bind',
  message: 'EADDRNOTAVAIL: address not available, bind',
};

t.test('an error of the kernel is told by its name, its meaning and the call', async (t) => {
  t.throws(() => addon.scanSync(bindThere), expected);
  t.throws(() => addon.tryLock(2 ** 30), {
    systemCode: 'EBADF',
    message: 'EBADF: bad file descriptor, flock',
  });
});

t.test('so is one met on another thread', async (t) => {
  await t.rejects(addon.scan(bindThere).result, expected);
});

t.test('any other error stays what it is', async (t) => {
  const scanNowhere = { ...bindThere, hosts: ['nowhere'] };
  t.throws(() => addon.scanSync(scanNowhere), {
    message: 'hosts: expected IP addresses, not "nowhere"',
    code: undefined,
  });
});

t.test('a pick at once draws every candidate alike, and never another one', async (t) => {
  // One port of each byte, so that chance meets one within a few tries; and so few that it seldom does.
  for (const step of [8, 512]) {
    const candidates = new Set<number>();
    for (let port = 1024; port < 65_536; port += step) candidates.add(port);
    const { bits } = new PortSet(candidates);
    const drawn = Array.from({ length: 2000 }, () => addon.pickAtOnce(bits)).filter((port) => port !== 0);
    t.strictSame(
      drawn.filter((port) => !candidates.has(port)),
      [],
    );
    // Of each eighth some 250 are drawn. Others may use some of its ports meanwhile, which are drawn in vain.
    for (let eighth = 0; eighth < 8; eighth++) {
      const count = drawn.filter((port) => port >> 13 === eighth).length;
      t.ok(count > 50, `${count} of eighth ${eighth}, each ${step}th port`);
    }
  }
});

t.test('a pick at once finds nothing among used ports, and none', async (t) => {
  const used = leaseManySync(2);
  t.teardown(() => {
    for (const lease of used) lease.release();
  });
  const bits = new PortSet(used.map(({ port }) => port)).bits;
  t.equal(addon.pickAtOnce(bits), 0);
  t.equal(addon.pickAtOnce(new Uint8Array(8192)), 0);
});

t.test(
  'an administrator is told from others',
  { skip: process.platform === 'win32' && 'no user ids' },
  async (t) => {
    t.equal(addon.isAdministrator(), process.geteuid?.() === 0);
    t.equal(addon.hasTrustedOwner('/'), true);
    t.equal(addon.hasTrustedOwner('/nowhere'), undefined);
  },
);

t.test(
  'a file of root or of oneself is trusted, one of somebody else is not',
  { skip: NO_OTHER_USER },
  async (t) => {
    const folder = t.testdir({ root: '', nobody: '', other: '' });
    const path = (name: string) => join(folder, name);
    chownSync(path('nobody'), NOBODY, NOBODY);
    chownSync(path('other'), NOBODY - 1, NOBODY - 1);
    symlinkSync('root', path('link'));
    lchownSync(path('link'), NOBODY - 1, NOBODY - 1);
    const trusted = () =>
      ['root', 'nobody', 'other', 'link'].filter((name) => addon.hasTrustedOwner(path(name)));
    t.strictSame(trusted(), ['root']);
    process.seteuid?.(NOBODY);
    try {
      t.strictSame(trusted(), ['root', 'nobody']);
      t.equal(addon.isAdministrator(), false);
    } finally {
      process.seteuid?.(0);
    }
  },
);
