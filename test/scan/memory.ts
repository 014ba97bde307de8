import t from 'tap';
import { NO_TABLE } from '../support/no-table';
import { hear, startProcess } from '../support/program';
import { IS_WINE } from '../support/wine';

/** What is garbage between two collections comes and goes; 128 KiB kept by each scan would be 128 MiB. */
const MOST_GROWTH = 64;

/** Under Wine 300 reads of the table take minutes. */
const IS_SLOW = IS_WINE && 'each reading of the table takes a fifth of a second under Wine';

const IS_SANITIZED = /libasan/.test(process.env.LD_PRELOAD ?? '') && 'AddressSanitizer keeps what is freed';

t.test('scans give back what they took', { skip: NO_TABLE || IS_SLOW || IS_SANITIZED }, async (t) => {
  const program = startProcess(`
    const scan = async (count) => {
      for (let index = 0; index < count; index++) await portFor.scan('1-65535', { method: 'table' });
      return process.memoryUsage.rss() / 2 ** 20;
    };
    const before = await scan(300);
    tell((await scan(1000)) - before);
    process.disconnect();`);
  const growth = await hear<number>(program);
  t.ok(growth < MOST_GROWTH, `grew by ${growth.toFixed(1)} MiB`);
});
