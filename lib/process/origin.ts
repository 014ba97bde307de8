/** What kind of program started a process, as far as its name tells. */
export type OriginKind =
  | 'terminal'
  | 'editor'
  | 'agent'
  | 'ssh'
  | 'service manager'
  | 'container engine'
  | 'scheduler'
  | 'CI';

/** A name is cut off after 15 characters by the kernel. */
const KINDS: readonly (readonly [kind: OriginKind, names: RegExp])[] = [
  [
    'terminal',
    /^(?:gnome-terminal|konsole|xterm|uxterm|u?rxvt|alacritty|kitty|wezterm|foot|tilix|terminator|ghostty|xfce4-terminal|mate-terminal|lxterminal|qterminal|ptyxis|kgx|guake|yakuake|st$|warp|hyper$|tabby$|tmux|screen$|zellij|login$|script$)/i,
  ],
  [
    'editor',
    /^(?:code|code-server|codium|cursor|windsurf|zed|zed-editor|idea|webstorm|pycharm|goland|clion|rider|phpstorm|rubymine|fleet|sublime_text|emacs|n?vim|hx|helix)(?:[- .]|$)/i,
  ],
  ['agent', /^(?:claude|codex|opencode|gemini|aider|goose|amp|cursor-agent|copilot)$/i],
  ['ssh', /^sshd/],
  ['container engine', /^(?:containerd-shim|containerd|dockerd|conmon|docker-init|catatonit)/],
  ['scheduler', /^(?:crond?|atd|anacron|fcron)$/],
  ['CI', /^(?:Runner\.(?:Worker|Listener)|gitlab-runner|buildkite-agent|act_runner)/],
  [
    'service manager',
    /^(?:systemd|init|supervisord|runsv|runsvdir|s6-supervise|s6-svscan|supervise-daemon|circusd|monit|launchd|PM2 )/,
  ],
];

/** Which kind of starter a process is; undefined for a shell, a package manager and all else that passes things on. */
export function originKind(name: string, command = ''): OriginKind | undefined {
  const known = KINDS.find(([, names]) => names.test(name))?.[0];
  if (known !== undefined) return known;
  // Servers of editors run on Node.
  return /[/.](?:vscode|cursor|windsurf)-server\//.test(command) ? 'editor' : undefined;
}
