import '../support/alone';

import { join } from 'node:path';
import t from 'tap';
import { withoutPreloads } from '../support/command';
import { ASSUME_NOBODY, noNobody } from '../support/privilege';

// Root may do with sockets what an ordinary user may not, so that the addon goes other ways for it.
const skip = noNobody();
const [setpriv = '', ...words] = ASSUME_NOBODY.split(' ');
/** What records the processes of a run writes files that nobody may not write. */
const loaders = process.execArgv.filter((word) => !word.includes('processinfo'));
for (const name of ['listen-datagrams', 'listen-exclusively', '../addon/open-server']) {
  const [command, all] = withoutPreloads(setpriv, [
    ...words,
    process.execPath,
    ...loaders,
    join(__dirname, `${name}.ts`),
  ]);
  t.spawn(command, all, { skip }, `${name}.ts as nobody`);
}
