import t from 'tap';
import { originKind } from '../../lib/process/origin';

t.test('what starts processes for people is known by its name', (t) => {
  const cases: Record<string, string[]> = {
    terminal: ['tmux: server', 'gnome-terminal-', 'alacritty', 'kitty', 'login', 'st', 'screen'],
    editor: ['code', 'cursor', 'nvim', 'vim.basic', 'idea', 'hx'],
    agent: ['claude', 'codex', 'opencode'],
    ssh: ['sshd', 'sshd-session'],
    'service manager': ['systemd', 'init', 'supervisord', 'PM2 v5.3.0: God'],
    'container engine': ['containerd-shim', 'conmon'],
    scheduler: ['cron', 'crond'],
    CI: ['Runner.Worker'],
  };
  for (const [kind, names] of Object.entries(cases)) {
    for (const name of names) t.equal(originKind(name), kind, name);
  }
  for (const name of ['bash', 'npm', 'node', 'codegen', 'stress', 'initdb-not', 'python3', 'vimdiffer']) {
    t.not(originKind(name), 'editor', name);
  }
  t.equal(originKind('node', '/home/a/.vscode-server/bin/1/node out/server-main.js'), 'editor');
  t.equal(originKind('node', 'node server.js'), undefined);
  t.end();
});
