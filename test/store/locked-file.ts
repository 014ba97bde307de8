import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { addon } from '../../lib/addon/addon';
import { PortSystemError } from '../../lib/errors/port-system-error';
import { Gate } from '../../lib/store/gate';
import { writeJournal } from '../../lib/store/journal';
import { type Decide, tryUpdate } from '../../lib/store/locked-file';
import { Watch } from '../../lib/store/watch';
import { sleepSync } from '../../lib/timing/sleep';
import { withoutPreloads } from '../support/command';
import {
  NO_MODES,
  NO_REPLACING_OPEN,
  NO_SYMLINKS,
  READ_ONLY_IS_WRITABLE,
  settle,
} from '../support/file-system';
import { ASSUME_NOBODY, NO_OTHER_USER, NOBODY, noNobody } from '../support/privilege';

/** Whether the kernel tells us of others that write a file of ours. */
const NO_LEASES = process.platform === 'linux' ? false : 'only Linux has leases of files';

/** Other users may not run what lies in the home of this one. */
const NO_SYSTEM_PYTHON = existsSync('/usr/bin/python3') ? false : 'there is no /usr/bin/python3';

const decide = (text: string) => () => ({ result: text, content: Buffer.from(text) });

const update = <T>(path: string, decide: Decide<T>) => tryUpdate(path, decide, new Watch());

/** What an update that went through came to. */
function done<T>(outcome: ReturnType<typeof update<T>>): T {
  if (typeof outcome === 'string') throw new Error(outcome);
  return outcome.result;
}

t.test('a file is read and changed in one go', async (t) => {
  const path = settle(join(t.testdir({ file: 'old' }), 'file'));
  const result = done(
    update(path, (content) => {
      t.equal(content.toString(), 'old');
      return { result: 7, content: Buffer.from('new') };
    }),
  );
  t.equal(result, 7);
  t.equal(readFileSync(path, 'utf8'), 'new');
});

t.test('while another writer is at work nobody decides', async (t) => {
  const path = settle(join(t.testdir({ file: 'old' }), 'file'));
  update(path, () => {
    t.equal(update(path, decide('in between')), 'locked');
    return { result: undefined };
  });
  t.throws(() =>
    update(path, () => {
      throw new Error('undecided');
    }),
  );
  t.equal(done(update(path, decide('new'))), 'new', 'and the lock is not held beyond the call');
});

t.test('a file that somebody has open to write is left alone', { skip: NO_LEASES }, async (t) => {
  const path = join(t.testdir({ file: 'old' }), 'file');
  // By its times the file is whole: the kernel alone knows better.
  utimesSync(path, 1, 1);
  const writer = openSync(path, 'r+');
  let isAsked = false;
  const ask = () => {
    isAsked = true;
    return { result: undefined, content: Buffer.from('new') };
  };
  t.equal(update(path, ask), 'written');
  t.equal(isAsked, false);
  closeSync(writer);
  update(path, ask);
  t.equal(readFileSync(path, 'utf8'), 'new');
});

t.test('who opens the file to write while we decide is let first', { skip: NO_LEASES }, async (t) => {
  const path = join(t.testdir({ file: 'old' }), 'file');
  let writer: ChildProcess | undefined;
  const outcome = update(path, (content) => {
    t.equal(content.toString(), 'old');
    writer = spawn('sh', ['-c', 'echo theirs > "$0"', path]);
    for (let tries = 0; tries < 1000 && !isWaiting(path); tries++) sleepSync(5);
    return { result: 'ours', content: Buffer.from('ours') };
  });
  t.equal(outcome, 'written');
  if (writer !== undefined && writer.exitCode === null) await once(writer, 'exit');
  t.equal(readFileSync(path, 'utf8'), 'theirs\n');
  t.equal(done(update(path, decide('ours'))), 'ours');
  t.strictSame(readdirSync(join(path, '..')), ['file']);
});

/** Whether somebody waits to open the file to write: the kernel then lists the lease as breaking. */
function isWaiting(path: string): boolean {
  const { ino } = statSync(path);
  return readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .some((line) => line.includes('BREAKING') && line.includes(`:${ino} `));
}

t.test('a file that is not the one that was decided on is not replaced', async (t) => {
  const linkOver = (path: string, folder: string) => {
    symlinkSync('other', join(folder, 'link'));
    renameSync(join(folder, 'link'), path);
  };
  const changes: [name: string, change: (path: string, folder: string) => void, skip: string | false][] = [
    [
      'another was renamed over it',
      (path, folder) => renameSync(join(folder, 'other'), path),
      NO_REPLACING_OPEN,
    ],
    ['it was removed', (path) => unlinkSync(path), false],
    ['a link stands there', linkOver, NO_SYMLINKS || NO_REPLACING_OPEN],
  ];
  for (const [name, change, skip] of changes) {
    if (skip !== false) {
      t.pass(name, { skip });
      continue;
    }
    const folder = t.testdir({ file: 'old', other: 'other' });
    const path = settle(join(folder, 'file'));
    let isDecided = false;
    const outcome = update(path, () => {
      isDecided = true;
      change(path, folder);
      return { result: 'ours', content: Buffer.from('ours') };
    });
    t.ok(isDecided, name);
    t.equal(outcome, 'written', name);
    t.notOk(readdirSync(folder).includes('.file.new'), name);
    t.not(existsSync(path) && readFileSync(path, 'utf8'), 'ours', name);
  }
});

t.test('a file that appears while we make one stays', async (t) => {
  const folder = t.testdir({});
  const path = join(folder, 'file');
  const outcome = update(path, () => {
    writeFileSync(path, 'theirs');
    return { result: 'ours', content: Buffer.from('ours') };
  });
  t.equal(outcome, 'written');
  t.equal(readFileSync(path, 'utf8'), 'theirs');
  t.strictSame(readdirSync(folder), ['file']);
});

t.test(
  'nobody who may only read the file can block a writer',
  { skip: noNobody() || NO_SYSTEM_PYTHON },
  async (t) => {
    const path = join(t.testdir({ file: 'old' }), 'file');
    chmodSync(path, 0o644);
    for (const lock of ['LOCK_SH', 'LOCK_EX']) {
      const reader = spawn(
        ...withoutPreloads('sh', [
          '-c',
          `exec ${ASSUME_NOBODY} /usr/bin/python3 -c "$0" "$@"`,
          LOCK_ALL,
          path,
          lock,
        ]),
        {
          stdio: ['pipe', 'pipe', 'inherit'],
        },
      );
      t.ok(await Promise.race([once(reader.stdout, 'data'), once(reader, 'exit').then(() => false)]), lock);
      t.equal(done(update(path, decide(lock))), lock);
      t.equal(readFileSync(path, 'utf8'), lock);
      reader.stdin.end();
      if (reader.exitCode === null) await once(reader, 'exit');
    }
  },
);

t.test(
  'the exclusive lock of the content is had by one, who may write',
  { skip: process.platform !== 'linux' && 'locks of open files by who may write are of Linux' },
  async (t) => {
    const path = join(t.testdir({ file: '' }), 'file');
    const [one, other, reader] = [openSync(path, 'r+'), openSync(path, 'r+'), openSync(path, 'r')];
    t.equal(addon.tryLockContent(one, true), true);
    for (const fd of [other, reader]) t.equal(addon.tryLockContent(fd, false), false);
    t.equal(addon.tryLockContent(other, true), false);
    closeSync(one);
    t.throws(() => addon.tryLockContent(reader, true), { code: 'ERR_PORT_SYSTEM', message: /^EBADF/ });
    for (const fd of [other, reader]) t.equal(addon.tryLockContent(fd, false), true);
    t.equal(addon.tryLockContent(other, true), false, 'beside a reader');
    closeSync(reader);
    t.equal(addon.tryLockContent(other, true), true);
    closeSync(other);
  },
);

/** Takes all the locks of a file that one may have who can only read it. */
const LOCK_ALL = `
import fcntl, sys
file = open(sys.argv[1])
fcntl.flock(file, getattr(fcntl, sys.argv[2]) | fcntl.LOCK_NB)
fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
try:
    open(sys.argv[1].replace('/file', '/.file.lock'), 'x')
except PermissionError:
    print('locked', flush=True)
sys.stdin.read()
`;

t.test('a file that was not there is made readable for all, as the umask allows', async (t) => {
  const path = join(t.testdir({}), 'file');
  const umask = process.umask(0o027);
  t.teardown(() => process.umask(umask));
  update(path, decide('new'));
  t.equal(readFileSync(path, 'utf8'), 'new');
  t.equal(statSync(path).mode & 0o7777, 0o640, { skip: NO_MODES });
});

t.test('a file that was not there is not there after a failure, or after nothing was to do', async (t) => {
  const folder = t.testdir({});
  const path = join(folder, 'file');
  t.equal(done(update(path, () => ({ result: 1 }))), 1);
  t.throws(() =>
    update(path, () => {
      throw new Error('undecided');
    }),
  );
  t.strictSame(readdirSync(folder), []);
});

t.test('an empty file that was there stays', async (t) => {
  const path = join(t.testdir({ file: '' }), 'file');
  update(path, () => ({ result: 1 }));
  t.equal(existsSync(path), true);
});

t.test('a symbolic link stays a link', { skip: NO_SYMLINKS }, async (t) => {
  const folder = t.testdir({ file: 'old' });
  symlinkSync('file', join(folder, 'link'));
  symlinkSync('made', join(folder, 'dangling'));
  update(join(folder, 'link'), decide('new'));
  update(join(folder, 'dangling'), decide('made'));
  t.equal(readlinkSync(join(folder, 'link')), 'file');
  t.equal(readlinkSync(join(folder, 'dangling')), 'made');
  t.equal(lstatSync(join(folder, 'file')).isFile(), true);
  t.equal(readFileSync(join(folder, 'file'), 'utf8'), 'new');
  t.equal(readFileSync(join(folder, 'made'), 'utf8'), 'made');
});

t.test('a hard link stays a link to the same file', async (t) => {
  const folder = t.testdir({ file: 'old and longer' });
  linkSync(join(folder, 'file'), join(folder, 'link'));
  update(join(folder, 'link'), decide('new'));
  t.equal(readFileSync(join(folder, 'file'), 'utf8'), 'new');
  t.equal(statSync(join(folder, 'file')).ino, statSync(join(folder, 'link')).ino);
});

t.test(
  'a file that may only be read is not replaced, though its folder may be written',
  { skip: READ_ONLY_IS_WRITABLE },
  async (t) => {
    const folder = t.testdir({ file: 'old' });
    const path = join(folder, 'file');
    chmodSync(path, 0o444);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) {
      chownSync(folder, NOBODY, NOBODY);
      chownSync(path, NOBODY, NOBODY);
      process.setegid?.(NOBODY);
      process.seteuid?.(NOBODY);
    }
    try {
      t.throws(() => update(path, decide('new')), { code: /^(EACCES|EPERM)$/ });
    } finally {
      if (isRoot) {
        process.seteuid?.(0);
        process.setegid?.(0);
      }
    }
    t.equal(readFileSync(path, 'utf8'), 'old');
    t.strictSame(readdirSync(folder), ['file']);
  },
);

/** Lets no file be made beside one, as in a folder of somebody else's. */
function refuseGate(t: Test, code = 'EACCES'): void {
  t.intercept(Gate, 'tryTake', {
    value: () => {
      throw Object.assign(new Error('no rights'), { code, syscall: 'open' });
    },
  });
}

t.test('a file is rewritten in place only for a lack of rights beside it', async (t) => {
  const folder = t.testdir({ file: 'old' });
  const path = settle(join(folder, 'file'));
  for (const code of ['EACCES', 'EPERM', 'EROFS']) {
    refuseGate(t, code);
    t.equal(done(update(settle(path), decide(code))), code);
    t.equal(readFileSync(path, 'utf8'), code);
    t.throws(() => update(join(folder, 'none'), decide('new')), { code }, 'and none is made');
  }
  for (const code of ['ENOSPC', 'ELOOP', 'EMFILE']) {
    refuseGate(t, code);
    t.throws(() => update(path, decide('new')), { code });
  }
  t.equal(readFileSync(path, 'utf8'), 'EROFS');
  t.strictSame(readdirSync(folder), ['file']);
});

t.test('a file that may be half written is not rewritten in place', async (t) => {
  const path = join(t.testdir({ file: '[DEFAULT]\nweb = 8' }), 'file');
  refuseGate(t);
  const outcome = update(path, () => {
    t.fail('decided on half a line');
    return { result: undefined };
  });
  t.equal(outcome, 'written');
});

t.test('who keeps writers off is let finish', { skip: NO_LEASES }, async (t) => {
  const path = join(t.testdir({ file: 'old' }), 'file');
  for (const beside of [true, false]) {
    if (!beside) refuseGate(t);
    const reader = openSync(path, 'r');
    t.equal(addon.holdOffWriters(reader), true);
    t.equal(update(settle(path), decide('new')), 'locked');
    t.equal(readFileSync(path, 'utf8'), 'old');
    closeSync(reader);
    t.equal(done(update(settle(path), decide('old'))), 'old');
  }
});

t.test(
  'a writer who has the content locked, but no gate, is let finish',
  { skip: process.platform !== 'linux' && 'locks of open files by who may write are of Linux' },
  async (t) => {
    const folder = t.testdir({ file: 'old' });
    const path = settle(join(folder, 'file'));
    const writer = openSync(path, 'r+');
    t.equal(addon.tryLockContent(writer, true), true);
    t.equal(update(path, decide('new')), 'locked');
    closeSync(writer);
    t.equal(done(update(path, decide('new'))), 'new');
  },
);

t.test('a change that a killed writer began is decided on as done', async (t) => {
  const path = join(t.testdir({ file: '' }), 'file');
  const before = Buffer.from('old\n');
  for (const way of ['replaced', 'in place']) {
    if (way === 'in place') refuseGate(t);
    writeFileSync(
      path,
      Buffer.concat([before, writeJournal(before, { start: 0, bytes: Buffer.from('begun\n') })]),
    );
    const seen = update(settle(path), (content) => ({
      result: content.toString(),
      content: Buffer.from('new'),
    }));
    t.strictSame(seen, { result: 'begun\n', content: Buffer.from('new') }, way);
    t.equal(readFileSync(path, 'utf8'), 'new', way);
  }
});

/** Has the kernel tell of no writers, as on all systems but Linux. */
function hideWriters(t: Test): void {
  Object.defineProperty(addon, 'holdOffWriters', { value: () => undefined, configurable: true });
  t.teardown(() => Reflect.deleteProperty(addon, 'holdOffWriters'));
}

t.test('where the kernel tells of no writers, the looks of the file do', { skip: NO_MODES }, async (t) => {
  hideWriters(t);
  const path = settle(join(t.testdir({ file: 'old' }), 'file'));
  t.equal(done(update(path, decide('new'))), 'new');
  const changes: [name: string, change: () => void][] = [
    ['longer', () => writeFileSync(path, 'theirs')],
    [
      'of the same length, with the old times',
      () => {
        writeFileSync(path, 'one');
        settle(path);
      },
    ],
  ];
  for (const [name, change] of changes) {
    writeFileSync(path, 'old');
    settle(path);
    // The clock of a file system may tick every 10 ms.
    sleepSync(20);
    const outcome = update(path, () => {
      change();
      return { result: 'ours', content: Buffer.from('ours') };
    });
    t.equal(outcome, 'written', name);
    t.not(readFileSync(path, 'utf8'), 'ours', name);
  }
});

t.test(
  'on Windows a file is closed, and looked at by its name, before another is renamed over it',
  async (t) => {
    const folder = t.testdir({ file: 'old' });
    const path = settle(join(folder, 'file'));
    hideWriters(t);
    t.intercept(process, 'platform', { value: 'win32' });
    t.equal(done(update(path, decide('new'))), 'new');
    t.equal(readFileSync(path, 'utf8'), 'new');
    for (const change of [() => unlinkSync(path), () => writeFileSync(path, 'theirs')]) {
      writeFileSync(path, 'old');
      settle(path);
      const outcome = update(path, () => {
        change();
        return { result: 'ours', content: Buffer.from('ours') };
      });
      t.equal(outcome, 'written');
      t.not(existsSync(path) && readFileSync(path, 'utf8'), 'ours');
    }
  },
);

t.test('an error of the decision is no error of a lock', async (t) => {
  const path = settle(join(t.testdir({ file: 'old' }), 'file'));
  const error = new PortSystemError('EMFILE', 'socket', 'EMFILE: no descriptor is left');
  t.throws(
    () =>
      update(path, () => {
        throw error;
      }),
    error,
  );
  const refused = new PortSystemError('ENOLCK', 'fcntl', 'ENOLCK: no locks available');
  t.intercept(addon, 'tryLockContent', {
    value: () => {
      throw refused;
    },
  });
  t.throws(() => update(path, decide('new')), {
    code: 'ERR_PORT_CONFIG_ACCESS',
    systemCode: 'ENOLCK',
    path,
    message: `cannot lock ${path}: ENOLCK: no locks available`,
    cause: refused,
  });
  t.equal(readFileSync(path, 'utf8'), 'old');
});

t.test('a file of the machine that this user may not write is not touched', async (t) => {
  const mocked = t.mockRequire<typeof import('../../lib/store/locked-file')>('../../lib/store/locked-file', {
    '../../lib/store/machine-file': {
      checkMachineFile: (path: string, action: string) => {
        throw new Error(`${action} ${path}`);
      },
    },
  });
  const path = settle(join(t.testdir({ file: 'old' }), 'file'));
  t.throws(() => mocked.tryUpdate(path, decide('new'), new Watch()), { message: `write ${path}` });
  t.equal(readFileSync(path, 'utf8'), 'old');
});

t.test('no descriptor is left open, however an update ends', { skip: NO_LEASES }, async (t) => {
  const folder = t.testdir({ file: 'old', linked: 'old' });
  const path = settle(join(folder, 'file'));
  linkSync(join(folder, 'linked'), join(folder, 'link'));
  const fail = () => {
    throw new Error('undecided');
  };
  const ends: (() => unknown)[] = [
    () => update(path, decide('new')),
    () => update(path, () => ({ result: 1 })),
    () => update(path, () => update(path, decide('in between')) && { result: 1 }),
    () => update(path, fail),
    () => update(join(folder, 'none'), fail),
    () => update(join(folder, 'none'), decide('made')),
    () => update(join(folder, 'linked'), decide('new')),
    () => {
      writeFileSync(path, 'half a line');
      return update(path, decide('new'));
    },
    () =>
      update(path, () => {
        unlinkSync(path);
        return { result: 1, content: Buffer.from('ours') };
      }),
  ];
  const inPlace = (name: string, decide: Decide<unknown>) => {
    settle(join(folder, name));
    return update(join(folder, name), decide);
  };
  const endsInPlace: (() => unknown)[] = [
    () => inPlace('linked', decide('rewritten')),
    () => inPlace('linked', () => ({ result: 1 })),
    () => inPlace('linked', fail),
    () => update(join(folder, 'nothing'), decide('made')),
  ];
  const count = () => readdirSync('/proc/self/fd').length;
  const settleAll = (ends: (() => unknown)[]) => {
    for (const [index, end] of ends.entries()) {
      const before = count();
      try {
        end();
      } catch {
        // It is about what is left.
      }
      t.equal(count(), before, `${index}`);
    }
  };
  update(path, decide('first'));
  settleAll(ends);
  refuseGate(t);
  settleAll(endsInPlace);
});

t.test(
  'a user may write a file with further hard links, wherever it lies',
  { skip: NO_OTHER_USER },
  async (t) => {
    const folder = t.testdir({ file: 'old' });
    const path = join(folder, 'file');
    linkSync(path, join(folder, 'link'));
    for (const place of [folder, path]) chownSync(place, NOBODY, NOBODY);
    settle(path);
    process.setegid?.(NOBODY);
    process.seteuid?.(NOBODY);
    try {
      t.equal(done(update(path, decide('new'))), 'new');
    } finally {
      process.seteuid?.(0);
      process.setegid?.(0);
    }
    t.equal(readFileSync(join(folder, 'link'), 'utf8'), 'new');
  },
);

t.test(
  'a file that is swapped before it is read is not written to where it was',
  { skip: NO_REPLACING_OPEN },
  async (t) => {
    const folder = t.testdir({ file: 'old', other: 'other' });
    const path = join(folder, 'file');
    utimesSync(path, 1, 1);
    linkSync(path, join(folder, 'kept'));
    t.intercept(addon, 'tryLockContent', {
      value: () => {
        if (existsSync(join(folder, 'other'))) renameSync(join(folder, 'other'), path);
        return true;
      },
    });
    for (const beside of [true, false]) {
      if (!beside) refuseGate(t);
      writeFileSync(join(folder, 'other'), 'other');
      t.equal(update(path, decide('ours')), 'locked');
      t.equal(readFileSync(join(folder, 'kept'), 'utf8'), 'old');
      t.equal(readFileSync(path, 'utf8'), 'other');
    }
  },
);

t.test('a file that is written before we can rewrite it in place stays as it is then', async (t) => {
  const folder = t.testdir({ file: 'old' });
  const path = join(folder, 'file');
  linkSync(path, join(folder, 'link'));
  t.intercept(addon, 'tryLockContent', {
    value: (_fd: number, isExclusive: boolean) => {
      if (isExclusive) writeFileSync(path, 'new');
      return true;
    },
  });
  utimesSync(path, 1, 1);
  t.equal(update(path, decide('ours')), 'written');
  t.equal(readFileSync(path, 'utf8'), 'new');
});

t.test('root writes into no file that another user may have linked', { skip: NO_OTHER_USER }, async (t) => {
  const folder = t.testdir({ file: 'old' });
  const path = join(folder, 'file');
  utimesSync(path, 1, 1);
  chownSync(folder, NOBODY, NOBODY);
  linkSync(path, join(folder, 'other'));
  const refusal = { code: 'ERR_PORT_CONFIG_ACCESS', systemCode: 'EMLINK' };
  t.throws(() => update(path, decide('new')), refusal, 'beside it');
  refuseGate(t);
  t.throws(() => update(path, decide('new')), refusal, 'in place');
  t.equal(readFileSync(path, 'utf8'), 'old');
});
