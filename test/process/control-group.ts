import t from 'tap';
import { parseControlGroup } from '../../lib/process/control-group';

const ID = '3f2a4b5c6d7e8f90'.repeat(4);

t.test('the container and the unit of a process are told from its control group', (t) => {
  const cases: [text: string, group: object][] = [
    ['', {}],
    ['0::/\n', {}],
    ['0::/init.scope\n', {}],
    [`0::/system.slice/docker-${ID}.scope\n`, { container: { engine: 'docker', id: ID } }],
    [`0::/../docker/${ID}/child\n`, { container: { engine: 'docker', id: ID } }],
    [
      `12:pids:/docker/${ID}\n1:name=systemd:/docker/${ID}\n0::/\n`,
      { container: { engine: 'docker', id: ID } },
    ],
    [
      `0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope/container\n`,
      { container: { engine: 'podman', id: ID } },
    ],
    // The monitor of a container runs outside of it.
    [`0::/machine.slice/libpod-conmon-${ID}.scope\n`, {}],
    [
      `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-${ID}.scope\n`,
      { container: { engine: 'kubernetes', id: ID } },
    ],
    [`11:cpu:/kubepods/besteffort/pod1/${ID}\n`, { container: { engine: 'kubernetes', id: ID } }],
    [`0::/system.slice/nerdctl-${ID}.scope\n`, { container: { engine: 'containerd', id: ID } }],
    [`0::/system.slice/crio-${ID}.scope\n`, { container: { engine: 'cri-o', id: ID } }],
    [`0::/actions_job/${ID}\n`, { container: { engine: 'unknown', id: ID } }],
    [
      '0::/lxc.payload.web/system.slice/nginx.service\n',
      {
        unit: 'nginx.service',
        container: { engine: 'lxc', id: 'web' },
      },
    ],
    [
      '0::/machine.slice/machine-my\\x2dbox.scope\n',
      { container: { engine: 'systemd-nspawn', id: 'my-box' } },
    ],
    ['0::/system.slice/nginx.service\n', { unit: 'nginx.service' }],
    [
      '0::/system.slice/system-postgresql.slice/postgresql@15-main.service\n',
      { unit: 'postgresql@15-main.service' },
    ],
    ['0::/user.slice/user-1000.slice/session-3.scope\n', {}],
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/web.service\n', { unit: 'web.service' }],
    ['0::/user.slice/user-1000.slice/user@1000.service/init.scope\n', {}],
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/vte-spawn-1.scope\n', {}],
    ['0::/system.slice/run-u12.scope\n', { unit: 'run-u12.scope' }],
    ['0::/system.slice/circus.service/worker.scope\n', { unit: 'worker.scope' }],
    [
      '1:name=systemd:/system.slice/ssh.service\n5:memory:/system.slice/ssh.service\n',
      { unit: 'ssh.service' },
    ],
    ['nonsense', {}],
  ];
  for (const [text, group] of cases) t.strictSame(parseControlGroup(text), group, text);
  t.end();
});
