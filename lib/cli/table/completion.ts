import { type Completes, modeOf, type Option, type Options, type Table } from './table';

/** The shells that a completion can be written for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/** A script that teaches a shell the words of a command: its options, their values, and the names that have a port. */
export function completionScript<O extends Options>(table: Table<O>, shell: Shell): string {
  const entries = Object.entries<Option>(table.options);
  return { bash, zsh, fish }[shell](table.name, entries, wordsOf(table));
}

type Entry = readonly [name: string, option: Option];

/** What completes a word that is no option: of every mode that has a say. */
interface ModeWords {
  readonly mode: string;
  readonly completes: Completes;
}

function wordsOf<O extends Options>(table: Table<O>): ModeWords[] {
  return Object.keys(table.modes).flatMap((mode) => {
    const completes = modeOf(table, mode).words?.completes;
    return completes === undefined ? [] : [{ mode, completes }];
  });
}

/** Lists the names that have a port; nothing where that fails. */
const LIST_NAMES = 'port-for --list 2>/dev/null | sed "s/: [0-9]*$//"';

function spellings([name, { short }]: Entry): string[] {
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
}

function bash(command: string, entries: readonly Entry[], words: readonly ModeWords[]): string {
  const name = `_${command.replaceAll('-', '_')}`;
  const cases = entries
    .filter(([, { type }]) => type === 'string')
    .map((entry) => `    ${spellings(entry).join('|')}) ${bashReply(entry[1].completes)}; return ;;`);
  return [
    `# Completion of ${command} for bash: eval "$(${command} --completion bash)"`,
    `${name}() {`,
    `  local current=$\{COMP_WORDS[COMP_CWORD]} before=$\{COMP_WORDS[COMP_CWORD-1]}`,
    "  local IFS=$'\\n'",
    '  COMPREPLY=()',
    '  case $before in',
    ...cases,
    '  esac',
    `  if [[ $current == -* ]]; then`,
    `    COMPREPLY=($(compgen -W $'${entries.flatMap(spellings).join('\\n')}' -- "$current"))`,
    '  else',
    `    ${bashReply(words.some(({ completes }) => completes === 'name') ? 'name' : undefined)}`,
    '  fi',
    '}',
    `complete -o default -F ${name} ${command}`,
  ].join('\n');
}

function bashReply(completes: Completes | undefined): string {
  if (completes === 'file') return 'compopt -o filenames; COMPREPLY=($(compgen -f -- "$current"))';
  if (completes === 'folder') return 'compopt -o filenames; COMPREPLY=($(compgen -d -- "$current"))';
  if (completes === 'name') return `COMPREPLY=($(compgen -W "$(${LIST_NAMES})" -- "$current"))`;
  if (completes === undefined) return ':';
  return `COMPREPLY=($(compgen -W $'${completes.join('\\n')}' -- "$current"))`;
}

function zsh(command: string, entries: readonly Entry[], words: readonly ModeWords[]): string {
  const name = `_${command.replaceAll('-', '_')}`;
  const options = entries.map((entry) => {
    const [long, { type, help, value = '', completes }] = entry;
    const forms = spellings(entry);
    const argument = type === 'string' ? `:${zshText(value)}:${zshAction(completes)}` : '';
    const repeated = forms.length > 1 ? `'(${forms.join(' ')})'{${forms.join(',')}}` : `'--${long}`;
    return `    ${repeated}${forms.length > 1 ? "'" : ''}[${zshText(help)}]${argument}'`;
  });
  const names = words.some(({ completes }) => completes === 'name');
  return [
    `# Completion of ${command} for zsh: eval "$(${command} --completion zsh)"`,
    ...(names
      ? [`_port_for_names() { local -a names; names=($\{(f)"$(${LIST_NAMES})"}); compadd -a names }`]
      : []),
    `${name}() {`,
    '  _arguments -s \\',
    ...options.map((option) => `${option} \\`),
    `    '*:word:${names ? zshAction('name') : ' '}'`,
    '}',
    `compdef ${name} ${command}`,
  ].join('\n');
}

function zshAction(completes: Completes | undefined): string {
  if (completes === 'file') return '_files';
  if (completes === 'folder') return '_files -/';
  if (completes === 'name') return '_port_for_names';
  return completes === undefined ? ' ' : `(${completes.join(' ')})`;
}

function zshText(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&').replaceAll("'", "'\\''");
}

function fish(command: string, entries: readonly Entry[], words: readonly ModeWords[]): string {
  const options = entries.map(([name, { type, short, help, completes }]) => {
    const value = type === 'string' ? ` ${fishValue(completes)}` : '';
    return `complete -c ${command} -l ${name}${short === undefined ? '' : ` -s ${short}`}${value} -d ${quote(help)}`;
  });
  const names = words.some(({ completes }) => completes === 'name');
  return [
    `# Completion of ${command} for fish: ${command} --completion fish | source`,
    `complete -c ${command} -f${names ? ` -a ${quote(`(${LIST_NAMES.replaceAll('"', "'")})`)}` : ''}`,
    ...options,
  ].join('\n');
}

function fishValue(completes: Completes | undefined): string {
  if (completes === 'file') return '-r -F';
  if (completes === 'folder') return "-x -a '(__fish_complete_directories)'";
  if (completes === 'name') return `-x -a ${quote(`(${LIST_NAMES.replaceAll('"', "'")})`)}`;
  return completes === undefined ? '-x' : `-x -a ${quote(completes.join(' '))}`;
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
