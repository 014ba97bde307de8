import { callOf, usageOf } from './help';
import { modeOf, type Options, type Table } from './table';

/** The reference of a command for the guide: a section a mode, with its options and examples. */
export function markdownReference<O extends Options>(table: Table<O>): string {
  const modes = Object.keys(table.modes).filter((name) => name !== 'help' && name !== 'version');
  return modes.map((name) => modeSection(table, name)).join('\n\n');
}

function modeSection<O extends Options>(table: Table<O>, name: string): string {
  const { summary, notes, examples = [], options } = modeOf(table, name);
  const parts = [
    `### \`${table.name} ${callOf(table, name)}\``,
    sentence(summary),
    ...(notes === undefined ? [] : [notes]),
    ['```text', `${table.name} ${usageOf(table, name)}`, '```'].join('\n'),
    ...(examples.length === 0
      ? []
      : [
          [
            '```sh',
            ...examples.map(([call, does]) => (does === '' ? call : `${call}  # ${does}`)),
            '```',
          ].join('\n'),
        ]),
    ...(options.length === 0
      ? []
      : [['| option | |', '| --- | --- |', ...options.map(optionRow)].join('\n')]),
  ];
  return parts.join('\n\n');

  function optionRow(option: string): string {
    const { short, value, help = '' } = table.options[option] ?? {};
    const forms = [...(short === undefined ? [] : [`-${short}`]), `--${option}`];
    const words = forms.map((form) => `\`${value === undefined ? form : `${form} ${value}`}\``).join(', ');
    return `| ${words} | ${help.replaceAll('|', '\\|')} |`;
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
