import t, { type Test } from 'tap';

interface MadeUpProcess {
  readonly name: string;
  readonly parent: number;
  readonly terminal?: number;
  readonly files?: Record<string, string>;
  readonly links?: Record<string, string>;
}

/** The module with a `/proc` of these processes, and with checkouts at these paths below these roots. */
function withProcesses(
  t: Test,
  processes: Record<number, MadeUpProcess>,
  checkouts: Record<string, string> = {},
) {
  const readProcFile = (pid: number, file: string) => {
    const process = processes[pid];
    if (process === undefined) return undefined;
    const { name, parent, terminal = 0 } = process;
    const stat = `${pid} (${name}) S ${parent} 1 1 ${terminal} 1 0 0 0 0 0 0 0 0 0 20 0 1 0 500 0`;
    return file === 'stat' ? stat : process.files?.[file];
  };
  const readProcLink = (pid: number, link: string) => processes[pid]?.links?.[link];
  const attempt = (call: () => unknown) => call();
  return t.mockRequire<typeof import('../../lib/process/process-info')>('../../lib/process/process-info', {
    '../../lib/process/proc-files': { readProcFile, readProcLink, attempt },
    '../../lib/process/users': { userOf: (pid: number) => pid, userName: (id: number) => `user${id}` },
    '../../lib/checkout/git-checkout': {
      gitCheckout: (folder: string, root: string) => checkouts[`${root}${folder}`],
    },
  });
}

const NODE = { pid: 9, name: 'node', command: 'node server.js' };

t.test('a process that is gone is told by what was known of it', async (t) => {
  const { describeProcess } = withProcesses(t, {});
  t.strictSame(describeProcess(NODE), { ...NODE, parents: [] });
});

t.test('what the system hides is left out', async (t) => {
  const { describeProcess } = withProcesses(t, { 9: { name: 'node', parent: 0 } });
  const { startedAt, ...told } = describeProcess(NODE);
  t.strictSame(told, { ...NODE, user: 'user9', parents: [] });
});

t.test('folder, checkout, terminal, unit and proxy are told', async (t) => {
  const processes = {
    9: {
      name: 'node',
      parent: 0,
      terminal: 136 * 256 + 3,
      links: { cwd: '/home/ann/sh\u001bop/web' },
      files: { cgroup: '0::/system.slice/shop.service\n' },
    },
    10: { name: 'docker-proxy', parent: 0, links: { cwd: '/gone (deleted)' } },
  };
  const checkouts = {
    '/proc/9/root/home/ann/sh\u001bop/web': '/home/ann/sh\u001bop',
    // Of this process's own view, which is another one.
    '/home/ann/sh\u001bop/web': '/elsewhere',
  };
  const { describeProcess } = withProcesses(t, processes, checkouts);
  const { startedAt, ...told } = describeProcess(NODE);
  t.strictSame(told, {
    ...NODE,
    user: 'user9',
    folder: '/home/ann/sh?op/web',
    checkout: '/home/ann/sh?op',
    terminal: 'pts/3',
    unit: 'shop.service',
    parents: [],
  });
  const proxy = {
    pid: 10,
    name: 'docker-proxy',
    command: 'docker-proxy -container-ip 10.0.0.2 -container-port 80',
  };
  const { folder, proxy: passesOn } = describeProcess(proxy);
  t.equal(folder, '/gone');
  t.strictSame(passesOn, { engine: 'docker', target: '10.0.0.2:80' });
});

t.test('the chain of parents goes up to the first process, and names the kinds of starters', async (t) => {
  const { describeProcess } = withProcesses(t, {
    9: { name: 'node', parent: 8 },
    8: { name: 'ba\u001bsh', parent: 7 },
    7: { name: 'node', parent: 6, files: { cmdline: '/home/ann/.vscode-server/bin/node\0' } },
    6: { name: 'tmux: server', parent: 1 },
    1: { name: 'systemd', parent: 0 },
  });
  t.strictSame(describeProcess(NODE).parents, [
    { pid: 8, name: 'ba?sh' },
    { pid: 7, name: 'node', kind: 'editor' },
    { pid: 6, name: 'tmux: server', kind: 'terminal' },
    { pid: 1, name: 'systemd', kind: 'service manager' },
  ]);
});

t.test('a chain that closes a circle ends', async (t) => {
  const { describeProcess } = withProcesses(t, {
    9: { name: 'node', parent: 8 },
    8: { name: 'sh', parent: 9 },
  });
  t.equal(describeProcess(NODE).parents.length, 64);
});
