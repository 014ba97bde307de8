import t from 'tap';

/** What is written where. */
let written: [fd: number, text: string][] = [];
let isClosed = false;

const { warn } = t.mockRequire<typeof import('../../lib/cli/warn')>('../../lib/cli/warn', {
  'node:fs': {
    writeSync: (fd: number, text: string) => {
      if (isClosed) throw Object.assign(new Error('EPIPE'), { code: 'EPIPE', syscall: 'write' });
      written.push([fd, text]);
    },
  },
});

t.test('a warning is one line on standard error that changes nothing on a terminal', async (t) => {
  written = [];
  warn('port 80 is odd\u001b[31m\nand more');
  t.strictSame(written, [[2, 'port-for: port 80 is odd\\x1b[31m\\x0aand more\n']]);
});

t.test('where nobody listens it is no failure', async (t) => {
  isClosed = true;
  warn('unheard');
  t.pass();
});
