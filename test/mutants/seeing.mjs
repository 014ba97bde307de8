import { inFile } from './in-file.mjs';

/**
 * Faults of what tells who has a port and why it is none to pick, found by reading the code line by line. None of them was
 * noticed when it was tried first.
 *
 * @type {import('./index.mjs').Mutant[]}
 */
export const SEEING = [
  ...inFile('lib/who/who-has.ts', 'test/who/who-has-by-table.ts', [
    [
      'engines are asked only where all processes concern them',
      '.some(concernsContainer)',
      '.every(concernsContainer)',
    ],
    ['a lease beside a listener is not told', ' || isOwn(socket)', ''],
    ['a listener whose process Wine hides is nobody’s', 'hasProcess || listens ?', 'hasProcess ?'],
  ]),
  ...inFile('lib/who/port-names.ts', 'test/who/port-names.ts', [
    [
      'a name of the machine is told of the user’s file too',
      '.filter((kept) => kept.path === store.path)',
      '',
    ],
    ['only the last name of a port is told', '[...(names.get(port) ?? []), known]', '[known]'],
  ]),
  ...inFile('lib/who/hidden.ts', 'test/who/hidden.ts', [
    ['root is told to use sudo', 'process.geteuid?.() === 0', 'process.geteuid?.() !== 0'],
  ]),
  ...inFile('lib/who/container-names.ts', 'test/who/container-names.ts', [
    ['a proxy of UDP is named after a container of TCP', 'use.transport}`', 'use.transport && "tcp"}`'],
  ]),
  ...inFile('lib/process/process-info.ts', 'test/process/process-info.ts', [
    ['a folder is told to be deleted', "?.replace(/ \\(deleted\\)$/, '')", ''],
    ['a circle of parents never ends', '    if (parents.length === LONGEST_CHAIN) break;\n', ''],
    [
      'the checkout of a container’s process is sought on the machine',
      'gitCheckout(folder, ',
      "gitCheckout(folder, '' && ",
    ],
    [
      'servers of editors are not known by their command',
      "originKind(next.name, readProcFile(next.pid, 'cmdline'))",
      'originKind(next.name)',
    ],
  ]),
  ...inFile('lib/process/stat.ts', 'test/process/stat.ts', [
    ['terminals from pts/256 on lose their high bits', ' | ((device >> 12) & 0xfff00)', ''],
    ['terminals of further majors begin at 0 again', ' + ((major - 136) << 20)', ''],
  ]),
  ...inFile('lib/process/users.ts', 'test/process/users.ts', [
    ['the real user counts, not the effective one', '^Uid:\\s+\\d+\\s+(\\d+)', '^Uid:\\s+(\\d+)'],
  ]),
  ...inFile('lib/process/engine.ts', 'test/process/engine.ts', [
    ['an engine that hangs is waited for', 'timeout: PATIENCE, ', ''],
    ['all published ports are of TCP', "port.Type ?? 'tcp'", "'tcp'"],
  ]),
  ...inFile('lib/process/engine-proxy.ts', 'test/process/engine-proxy.ts', [
    ['a target may lack its port', 'ip === undefined || port === undefined', 'ip === undefined'],
  ]),
  ...inFile('lib/process/control-group.ts', 'test/process/control-group.ts', [
    ['the outermost unit counts', '    .reverse()\n', ''],
  ]),
  ...inFile('lib/machine/clients.ts', 'test/machine/clients.ts', [
    [
      'a listener in IPv6 form has no clients',
      'plainAddress(listener.address) === wanted',
      'listener.address === wanted',
    ],
  ]),
  ...inFile('lib/machine/ephemeral-range.ts', 'test/machine/ephemeral-range.ts', [
    [
      'the same settings are another object each second',
      'if (known === undefined || !isSame(known, read)) known = read;',
      'known = read;',
    ],
  ]),
  ...inFile('lib/machine/port-owners.ts', 'test/machine/port-owners.ts', [
    [
      'a command line moves the cursor',
      "printable(command === '' ? name : command)",
      "command === '' ? name : command",
    ],
  ]),
  ...inFile('lib/arguments/printable.ts', 'test/arguments/printable.ts', [
    ['a process turns the direction of writing', '\\p{Cc}\\p{Cf}', '\\p{Cc}'],
  ]),
  ...inFile('lib/explain/explain-port.ts', 'test/explain/explain-port-by-hand.ts', [
    ['a port itself is never offered', 'let distance = 0;', 'let distance = 1;'],
    ['UDP is judged by the good ports of TCP', 'availableGoodPorts({ transport })', 'availableGoodPorts()'],
  ]),
  ...inFile('lib/cli/seeing/words.ts', 'test/cli/seeing/words.ts', [
    [
      'a time before now is told',
      'Math.max(0, Math.round(milliseconds / 1000))',
      'Math.round(milliseconds / 1000)',
    ],
    ['the root folder is a home', 'home.length > 1 && ', ''],
    ['moments are told in UTC', 'date.getTime() - date.getTimezoneOffset() * 60_000', 'date.getTime()'],
  ]),
  ...inFile('lib/cli/scanning/used-port.ts', 'test/cli/scanning/used-port.ts', [
    [
      'a UDP port is known for its service over TCP',
      'serviceName(port, transport)',
      "serviceName(port, 'tcp')",
    ],
  ]),
];
