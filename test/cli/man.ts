import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { OPTIONS } from '../../lib/cli/options';
import { manPages } from '../../lib/cli/pages';
import { version } from '../../lib/cli/version';
import { ROOT } from '../support/dist';

const NO_GROFF = spawnSync('groff', ['--version']).status === 0 ? false : 'there is no groff';

t.test('there is a manual page of each command, and the package has it', async (t) => {
  const { man } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { man: string[] };
  const pages = manPages(version());
  t.strictSame(
    man,
    Object.keys(pages).map((name) => `dist/${name}`),
  );
  for (const [name, text] of Object.entries(pages))
    t.equal(readFileSync(join(ROOT, 'dist', name), 'utf8'), text);
});

t.test('they are read without a complaint, and tell every option', { skip: NO_GROFF }, async (t) => {
  for (const [name, page] of Object.entries(manPages('1.0.0'))) {
    const { stdout, stderr, status } = spawnSync(
      'groff',
      ['-man', '-Tascii', '-P-cbou', '-ww', '-rLL=200n'],
      {
        input: page,
        encoding: 'utf8',
      },
    );
    t.strictSame({ status, stderr }, { status: 0, stderr: '' }, name);
    t.match(stdout, /SYNOPSIS\n/);
    if (name === 'port-for.1') for (const option of Object.keys(OPTIONS)) t.match(stdout, `--${option}`);
    t.notMatch(stdout, /\\/);
  }
});
