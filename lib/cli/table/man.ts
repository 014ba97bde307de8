import { callOf, usageOf } from './help';
import { type Example, modeOf, type Option, type Options, type Table } from './table';

/** The manual page of a command, section 1, in the language of man(7). */
export function manPage<O extends Options>(table: Table<O>, version: string): string {
  const modes = Object.keys(table.modes).filter((name) => name !== 'help');
  const examples = modes.flatMap((name): readonly Example[] => modeOf(table, name).examples ?? []);
  return [
    `.TH ${table.name.toUpperCase()} 1 "" "port-for-native ${version}" "User Commands"`,
    '.SH NAME',
    `${text(table.name)} \\- ${text(table.summary.replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    ...modes.flatMap((name) => [
      '.PP',
      `.B ${text(table.name)}`,
      text(usageOf(table, name).replace(/\s+/g, ' ')),
    ]),
    '.SH DESCRIPTION',
    ...modes.flatMap((name) => {
      const { summary, notes } = modeOf(table, name);
      return [
        '.TP',
        `.B ${text(callOf(table, name)) || text(table.name)}`,
        text(summary),
        ...(notes === undefined ? [] : ['.IP', text(notes)]),
      ];
    }),
    '.SH OPTIONS',
    ...Object.entries<Option>(table.options).flatMap(([name, { short, value, help }]) => {
      const forms = [...(short === undefined ? [] : [`-${short}`]), `--${name}`].join(', ');
      return [
        '.TP',
        `.BR ${text(forms).replaceAll(' ', '\\ ')}${value === undefined ? '' : ` " ${text(value)}"`}`,
        text(help),
      ];
    }),
    ...(table.overview === undefined ? [] : ['.SH NOTES', text(table.overview.notes)]),
    ...(examples.length === 0 ? [] : ['.SH EXAMPLES']),
    ...examples.flatMap(([call, does]) => ['.TP', `.B ${text(call)}`, text(does === '' ? '\u00a0' : does)]),
    '.SH SEE ALSO',
    `.BR ${table.name === 'portend' ? 'port-for' : 'portend'} (1)`,
    '',
  ].join('\n');
}

/** Text as roff reads it: no dash, backslash or leading dot of it is an instruction. */
function text(plain: string): string {
  return plain
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^[.']/, '\\&$&')
    .replaceAll('\u00a0', '\\ ');
}
