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
  ...inFile('lib/cli/bind-mode.ts', 'test/cli/table/modes.ts', [
    [
      'names are kept in a file and in a cluster',
      "['config', 'user', 'system', 'store']",
      "['config', 'user', 'system']",
    ],
    ['a checkout has names in a cluster', "['here', 'project', 'store']", "['here', 'project']"],
    ['a server is asked for ports of a list', "  ['ports', 'from-server'],\n", ''],
    ['lines for a shell are JSON', "['export', 'env-file', 'json']", "['export', 'env-file']"],
  ]),
  ...inFile('lib/cli/modes.ts', 'test/cli/table/modes.ts', [
    ['help tells nothing of a mode', 'Object.keys(values)', '[]', 'test/cli/port-for.ts'],
    [
      'one port alone is told of',
      "noun: 'port', least: 1, most: Infinity",
      "noun: 'port', least: 1, most: 1",
    ],
    [
      'a server listens at the first of two addresses',
      "noun: 'address', least: 0, most: 1",
      "noun: 'address', least: 0, most: 2",
    ],
  ]),
  ...inFile('lib/cli/commands/scan.ts', 'test/cli/commands/scan.ts', [
    [
      'a host elsewhere has names of this machine',
      'areLocal(await addresses(host)) ? portNames() : undefined',
      'portNames()',
    ],
    ['Ctrl-C is kept after a scan', "    process.removeListener('SIGINT', onInterrupt);\n", ''],
    ['a half line of progress stays', '    progress.clear();\n', ''],
    ['a link-local address with its interface is in nobody’s way', ".replace(/%.*/, '')", ''],
    ['0.0.0.0 is in the way of IPv6', 'isSameFamily && (', '('],
    [
      'one of two addresses without a way keeps a host from being asked',
      'found.some((address)',
      'found.every((address)',
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
    ['a server has no time to end', '    await this.untilGone(GRACE);\n', ''],
    ['a killed server is not waited for', 'if (kill()) await this.untilGone(DEATH);', 'kill();'],
    ['a killed server is waited for for long', 'this.untilGone(DEATH)', 'this.untilGone(GRACE)'],
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
  ...inFile('lib/cli/scanning/watch.ts', 'test/cli/scanning/watch.ts', [
    ['a port that another process took is the same', ', ...owners.map(({ pid }) => pid)]', ']'],
    ['a table fills more than the screen', 'slice(0, style.rows - 1)', 'slice(0, style.rows)'],
    ['a look that fails leaves the timer', '        end();\n        reject', '        reject'],
  ]),
  ...inFile('lib/cli/table/completion.ts', 'test/cli/table/completion.ts', [
    [
      'a bracket ends what zsh says of an option',
      "replace(/[[\\]:\\\\]/g, '\\\\$&')",
      "replace(/[:\\\\]/g, '\\\\$&')",
    ],
    [
      'zsh has no folders',
      "if (completes === 'folder') return '_files -/';\n",
      "if (completes === 'folder') return '_files';\n",
    ],
  ]),
  ...inFile('lib/cli/table/man.ts', 'test/cli/table/man.ts', [
    ['a backslash is an escape of a manual', ".replaceAll('\\\\', '\\\\e')", ''],
  ]),
  ...inFile('lib/cli/table/help.ts', 'test/cli/table/help.ts', [
    ['a line of help is one column short', 'word.length <= WIDTH', 'word.length < WIDTH'],
    ['what is beside a long call overlaps it', 'left.length + 4 > column', 'left.length + 3 > column'],
    ['words of a command choose the usage', 'end < 0 ? words : words.slice(0, end)', 'words'],
  ]),
  ...inFile('lib/cli/table/markdown.ts', 'test/cli/table/markdown.ts', [
    ['a bar ends a cell of the reference', "help.replaceAll('|', '\\\\|')", 'help'],
  ]),
];
