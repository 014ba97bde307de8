import t from 'tap';
import { completionScript } from '../../../lib/cli/table/completion';
import { SMALL } from '../../support/small-table';

t.test('the script of each shell knows each option and what completes its value', async (t) => {
  t.strictSame(completionScript(SMALL, 'bash').split('\n'), [
    '# Completion of my-tool for bash: eval "$(my-tool --completion bash)"',
    '_my_tool() {',
    `  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}`,
    "  local IFS=$'\\n'",
    '  COMPREPLY=()',
    '  case $before in',
    '    --open|-o) COMPREPLY=($(compgen -W "$(port-for --list 2>/dev/null | sed "s/: [0-9]*$//")" -- "$current")); return ;;',
    '    --file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")); return ;;',
    '    --in|-i) compopt -o filenames; COMPREPLY=($(compgen -d -- "$current")); return ;;',
    '    --how) COMPREPLY=($(compgen -W $\'fast\\nslow\' -- "$current")); return ;;',
    '    --wait) :; return ;;',
    '  esac',
    '  if [[ $current == -* ]]; then',
    '    COMPREPLY=($(compgen -W $\'--open\\n-o\\n--run\\n--help\\n-h\\n--file\\n--in\\n-i\\n--how\\n--wait\' -- "$current"))',
    '  else',
    '    COMPREPLY=($(compgen -W "$(port-for --list 2>/dev/null | sed "s/: [0-9]*$//")" -- "$current"))',
    '  fi',
    '}',
    'complete -o default -F _my_tool my-tool',
  ]);
  t.strictSame(completionScript(SMALL, 'zsh').split('\n'), [
    '# Completion of my-tool for zsh: eval "$(my-tool --completion zsh)"',
    `_port_for_names() { local -a names; names=(\${(f)"$(port-for --list 2>/dev/null | sed "s/: [0-9]*$//")"}); compadd -a names }`,
    '_my_tool() {',
    '  _arguments -s \\',
    "    '(--open -o)'{--open,-o}'[open NAME]:NAME:_port_for_names' \\",
    "    '--run[run a command]' \\",
    "    '(--help -h)'{--help,-h}'[print this]' \\",
    "    '--file[read \\[FILE\\]\\: it'\\''s one | more]:FILE:_files' \\",
    "    '(--in -i)'{--in,-i}'[be in FOLDER]:FOLDER:_files -/' \\",
    "    '--how[how to do it\\\\not]:HOW:(fast slow)' \\",
    "    '--wait[how long to wait for whatever takes its time at most, if any]:SECONDS: ' \\",
    "    '*:word:_port_for_names'",
    '}',
    'compdef _my_tool my-tool',
  ]);
  t.strictSame(completionScript(SMALL, 'fish').split('\n'), [
    '# Completion of my-tool for fish: my-tool --completion fish | source',
    "complete -c my-tool -f -a '(port-for --list 2>/dev/null | sed \\'s/: [0-9]*$//\\')'",
    "complete -c my-tool -l open -s o -x -a '(port-for --list 2>/dev/null | sed \\'s/: [0-9]*$//\\')' -d 'open NAME'",
    "complete -c my-tool -l run -d 'run a command'",
    "complete -c my-tool -l help -s h -d 'print this'",
    "complete -c my-tool -l file -r -F -d 'read [FILE]: it\\'s one | more'",
    "complete -c my-tool -l in -s i -x -a '(__fish_complete_directories)' -d 'be in FOLDER'",
    "complete -c my-tool -l how -x -a 'fast slow' -d 'how to do it\\\\not'",
    "complete -c my-tool -l wait -x -d 'how long to wait for whatever takes its time at most, if any'",
  ]);
});

t.test('a command without names completes none', async (t) => {
  const { run } = SMALL.modes;
  const nameless = { ...SMALL, modes: { run } as typeof SMALL.modes };
  t.match(completionScript(nameless, 'bash'), /^ {2}else\n {4}:\n {2}fi$/m);
  t.match(completionScript(nameless, 'zsh'), /^ {4}'\*:word: '$/m);
  t.notMatch(completionScript(nameless, 'zsh'), 'names() {');
  t.match(completionScript(nameless, 'fish'), /^complete -c my-tool -f$/m);
});
