import '../support/alone';

import t from 'tap';
import { ephemeralPortRanges } from '../../lib/machine/ephemeral-range';
import { findAvailableLocalPort } from '../../lib/wait/find-available-local-port';
import { HOSTS, listen } from '../support/listen';
import { IS_WINE } from '../support/wine';

t.test('the port is one of the kernel’s choice on which a server can listen', async (t) => {
  const ranges = ephemeralPortRanges();
  for (const host of HOSTS) {
    const port = await findAvailableLocalPort();
    t.ok(
      ranges.some(({ low, high }) => low <= port && port <= high),
      'an ephemeral port',
      { skip: IS_WINE && 'Wine leaves the choice to Linux, which knows nothing of the range of Windows' },
    );
    await listen(t, host, port);
  }
});
