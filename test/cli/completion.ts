import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { OPTIONS } from '../../lib/cli/options';
import { portFor, run } from '../support/command';
import { distPath } from '../support/dist';

/** A folder whose `port-for` and `portend` are ours, with a config file of two names, and a shell in it. */
function newPlace(t: Test) {
  const folder = t.testdir({
    'port-for.conf': '[DEFAULT]\nweb = 29952\nmy app = 24317\n',
    file: '',
    folder: {},
  });
  mkdirSync(join(folder, 'bin'));
  symlinkSync(distPath('port-for.js'), join(folder, 'bin/port-for'));
  symlinkSync(distPath('portend.js'), join(folder, 'bin/portend'));
  const settings = {
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    PORT_FOR_CONFIG: join(folder, 'port-for.conf'),
    HOME: folder,
  };
  return { folder, shell: (program: string, ...words: string[]) => run(program, words, settings) };
}

const missing = (shell: string) =>
  spawnSync(shell, ['-c', 'true']).status === 0 ? false : `there is no ${shell}`;

/** What bash offers for the last of the words. */
async function bashOffers(t: Test, ...words: string[]): Promise<string[]> {
  const { shell, folder } = newPlace(t);
  const [command = ''] = words;
  const { stdout, stderr } = await shell(
    'bash',
    '-c',
    `cd ${JSON.stringify(folder)}; eval "$(port-for --completion bash)"
     COMP_WORDS=(${words.map((word) => JSON.stringify(word)).join(' ')}); COMP_CWORD=${words.length - 1}
     _${command.replace('-', '_')} 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`,
  );
  t.equal(stderr, '');
  return stdout.trimEnd().split('\n').sort();
}

t.test('bash completes options, names, files and words', { skip: missing('bash') }, async (t) => {
  t.strictSame(await bashOffers(t, 'port-for', '--un'), ['--unbind']);
  t.equal((await bashOffers(t, 'port-for', '--')).length, Object.keys(OPTIONS).length);
  t.strictSame(await bashOffers(t, 'port-for', ''), ['my app', 'web']);
  t.strictSame(await bashOffers(t, 'port-for', '--unbind', 'w'), ['web']);
  t.strictSame(await bashOffers(t, 'port-for', '-u', 'w'), ['web']);
  t.strictSame(await bashOffers(t, 'port-for', '--method', 'b'), ['bind', 'both']);
  t.strictSame(await bashOffers(t, 'port-for', '--config', 'f'), ['file', 'folder']);
  t.strictSame(await bashOffers(t, 'port-for', '--project', 'f'), ['folder']);
  t.strictSame(await bashOffers(t, 'port-for', '--completion', 'f'), ['fish']);
  t.strictSame(await bashOffers(t, 'portend', '--ver'), ['--verbose', '--version']);
});

t.test('zsh takes its script', { skip: missing('zsh') }, async (t) => {
  const { shell } = newPlace(t);
  const script =
    'autoload -Uz compinit && compinit -u -D; eval "$(port-for --completion zsh)"; echo $_comps[port-for] $_comps[portend]';
  t.strictSame(await shell('zsh', '-fc', script), { code: 0, stdout: '_port_for _portend\n', stderr: '' });
});

t.test('fish completes options, names and words', { skip: missing('fish') }, async (t) => {
  const { shell } = newPlace(t);
  const offers = async (line: string) => {
    const script = `port-for --completion fish | source; complete -C '${line}'`;
    const { stdout, stderr } = await shell('fish', '--no-config', '-c', script);
    t.equal(stderr, '');
    return stdout
      .trimEnd()
      .split('\n')
      .map((offer) => offer.split('\t')[0])
      .sort();
  };
  t.strictSame(await offers('port-for --un'), ['--unbind']);
  t.strictSame(await offers('port-for --unbind w'), ['web']);
  t.strictSame(await offers('port-for --method b'), ['bind', 'both']);
  t.strictSame(await offers('portend --verb'), ['--verbose']);
});

t.test('another shell is refused', async (t) => {
  t.match(await portFor(['--completion', 'bsh']), {
    code: 2,
    stderr: /unknown shell "bsh": did you mean "bash"\?/,
  });
  t.match(await portFor(['--completion', 'tcl']), { code: 2, stderr: /expected bash, zsh, fish/ });
  t.match(await portFor(['--completion']), { code: 2, stderr: /option --completion needs a value/ });
});
