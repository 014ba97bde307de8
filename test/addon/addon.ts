import t from 'tap';
import { addon } from '../../lib/addon/addon';

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
  mayBeDown: false,
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

t.test(
  'an administrator is told from others',
  { skip: process.platform === 'win32' && 'no user ids' },
  async (t) => {
    t.equal(addon.isAdministrator(), process.geteuid?.() === 0);
    t.equal(addon.hasTrustedOwner('/'), true);
    t.equal(addon.hasTrustedOwner('/nowhere'), undefined);
  },
);
