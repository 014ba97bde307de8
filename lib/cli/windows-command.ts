import { statSync } from 'node:fs';
import { win32 } from 'node:path';
import { CommandError } from './command-error';
import { EXIT } from './exit-code';

/** What `child_process.spawn` takes to run a command on Windows. */
export interface WindowsCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly windowsVerbatimArguments: boolean;
}

/**
 * The command as `cmd.exe` would find it: in the folders of PATH, with the extensions of PATHEXT. Node itself tries
 * `.exe` and `.com` alone, so that it misses `npm`, `vite` and all that npm installs, which are batch files (`.cmd`); and
 * it runs no batch file without a shell, as that reads its arguments in its own way (CVE-2024-27980).
 *
 * @throws CommandError for an argument that cannot be passed to a batch file
 */
export function windowsCommand(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  isFile: (path: string) => boolean = isExistingFile,
): WindowsCommand {
  const file = findProgram(program, env, isFile) ?? program;
  if (!/\.(?:cmd|bat)$/i.test(file)) return { file, args, windowsVerbatimArguments: false };
  // Extensions on, delayed expansion (!NAME!) off, no AutoRun of the registry. cmd.exe strips the outer quotes.
  const line = [`"${file}"`, ...args.map(quoteForBatch)].join(' ');
  const shell = win32.join(env.SystemRoot ?? 'C:\\Windows', 'System32', 'cmd.exe');
  return { file: shell, args: ['/e:ON', '/v:OFF', '/d', '/c', `"${line}"`], windowsVerbatimArguments: true };
}

function findProgram(
  program: string,
  env: NodeJS.ProcessEnv,
  isFile: (path: string) => boolean,
): string | undefined {
  const extensions = (env.PATHEXT || '.COM;.EXE;.BAT;.CMD')
    .split(';')
    .filter((extension) => extension !== '');
  const hasExtension = extensions.some((extension) =>
    program.toLowerCase().endsWith(extension.toLowerCase()),
  );
  const endings = hasExtension ? ['', ...extensions] : extensions;
  const folders = /[\\/:]/.test(program) ? [''] : (env.PATH ?? '').split(';');
  for (const folder of folders.map((folder) => folder.replaceAll('"', ''))) {
    for (const ending of endings) {
      const path = folder === '' ? program + ending : win32.join(folder, program + ending);
      if ((folder !== '' || folders.length === 1) && isFile(path)) return path;
    }
  }
  return undefined;
}

function isExistingFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/**
 * An argument that survives three readers: `cmd.exe`, the batch file that passes it on (`%*`), and the C library of the
 * program behind it. Between quotes nothing is special to the first two but a percent sign, which would begin a
 * variable: one that expands to nothing is put behind it. A quote is doubled, which closes and opens for the first two
 * and is one quote for the third; to that, backslashes before a quote count double.
 */
function quoteForBatch(argument: string): string {
  if (/[\0\r\n]/.test(argument)) {
    const problem = 'cannot be passed to a batch file: it has more than one line';
    throw new CommandError(EXIT.cannotRun, `the argument ${JSON.stringify(argument)} ${problem}`);
  }
  if (/^[\w./:\\=@+-]*[\w./:=@+-]$/.test(argument)) return argument;
  const quoted = argument.replace(
    /(\\*)("|$)/g,
    (_, slashes: string, quote: string) => slashes.repeat(2) + quote.repeat(2),
  );
  return `"${quoted.replaceAll('%', '%%cd:~,%')}"`;
}
