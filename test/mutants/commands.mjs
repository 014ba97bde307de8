import { inFile } from './in-file.mjs';

/**
 * Faults of the commands, found by reading the code line by line. None of them was noticed when it was tried first.
 *
 * @type {import('./index.mjs').Mutant[]}
 */
export const COMMANDS = [
  ...inFile('lib/cli/commands/run.ts', 'test/cli/commands/run.ts', [
    ['a name of --with that is held too is told as another', '.filter((name) => !names.includes(name))', ''],
    [
      'names of --with of one variable are both told',
      'checkVariables([...names, ...otherNames]);',
      'checkVariables(names);',
    ],
  ]),
  ...inFile('lib/cli/commands/serve.ts', 'test/cli/commands/serve.ts', [
    ['a server ends before its clients are answered', 'await server.close();', 'void server.close();'],
    ['a closed terminal leaves the server running', ", 'SIGHUP'] as const", '] as const'],
    ['an abstract address has a folder', "!address.startsWith('@') && ", ''],
  ]),
  ...inFile('lib/cli/commands/map.ts', 'test/cli/commands/map.ts', [
    ['a page names the owners of TCP ports alone', 'maps.tcp.used.union(maps.udp.used)', 'maps.tcp.used'],
    ['the names of a page are of another file', 'await page(config)', 'await page(undefined)'],
    ['an empty name of a file is one', "if (html === '' || svg === '')", "if (html === '')"],
  ]),
  ...inFile('lib/cli/waiting/start.ts', 'test/cli/waiting/start.ts', [
    [
      'a server has no time to end',
      '    for (let waited = 0; waited < GRACE && this.isAlive(); waited += LOOK) await sleep(LOOK);\n',
      '',
    ],
    ['lines that come in parts are two', "this.lines.pop() ?? ''", "''"],
    [
      'all that a server said is shown',
      '    this.lines.splice(0, this.lines.length - LAST_LINES - 1);\n',
      '',
    ],
    ['names stay held when one cannot be', '    release(held);\n    throw error;', '    throw error;'],
    ['a word with blanks is a shell’s beside others', 'args.length === 0 && /\\s/', '/\\s/'],
    [
      'signal listeners stay after the wait',
      '      for (const signal of SIGNALS) process.off(signal, onSignal);\n',
      '',
    ],
    ['SIGHUP leaves the server', ", 'SIGHUP'] as const", '] as const'],
  ]),
  ...inFile('lib/cli/waiting/wait.ts', 'test/cli/waiting/wait.ts', [
    [
      '--json tells nothing of how a process ended',
      'error instanceof ProcessEndedError ? error : {}',
      '{} as ProcessEndedError',
    ],
    ['a fault leaves nothing pending', 'ok ? [] : targets', '[]'],
  ]),
  ...inFile('lib/cli/seeing/use-text.ts', 'test/cli/seeing/use-text.ts', [
    ['clients of the last socket are all', 'sum + socket.clients', 'socket.clients'],
    ['each holder has the names', '...(index === 0 ? facts : [])', '...facts'],
    ['a proxy is told by its address', 'proxy.name ?? proxy.target', 'proxy.target'],
  ]),
  ...inFile('lib/cli/seeing/wanted-ports.ts', 'test/cli/seeing/wanted-ports.ts', [
    ['a name is first that of the checkout', '[undefined, checkoutRoot()]', '[checkoutRoot(), undefined]'],
    ['names of files that do not count are known', '.filter(({ path }) => store.honours(path))', ''],
  ]),
];
