/** The table of prebuilds/README.md, made from what was built. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRecords } from './stamp.mjs';
import { SYSTEMS } from './systems.mjs';

const [BEGIN, END] = ['<!-- made by npm run prebuilds -->\n', '<!-- end -->\n'];

export function writeTable(prebuilds) {
  const records = readRecords(prebuilds);
  const rows = SYSTEMS.filter(({ name }) => records[name] !== undefined).map(({ file, needs, name }) => {
    const { bytes, seconds, sha256, stamp } = records[name];
    return `| \`${file}\` | ${needs} | ${Math.round(bytes / 1000)} | ${seconds} | \`${stamp}\` | \`${sha256}\` |\n`;
  });
  const head =
    '| addon | needs | kB | built in, s | sources | SHA-256 |\n| --- | --- | --: | --: | --- | --- |\n';
  const file = join(prebuilds, 'README.md');
  const text = readFileSync(file, 'utf8');
  const [before, rest = ''] = text.split(BEGIN);
  writeFileSync(file, `${before}${BEGIN}\n${head}${rows.join('')}\n${END}${rest.split(END)[1] ?? ''}`);
}
