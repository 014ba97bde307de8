import t from 'tap';
import { StopFailedError, StopRefusedError } from '../../lib/stop/errors';
import type { PortUse } from '../../lib/who/port-use';

const use: PortUse = { port: 8080, transport: 'tcp', names: [], sockets: [] };

t.test('the errors of a stop tell who has the port', (t) => {
  const refused = new StopRefusedError('kernel', 'the kernel has it', use);
  t.strictSame(
    [refused.name, refused.code, refused.message, refused.refusal, refused.use],
    ['StopRefusedError', 'ERR_PORT_STOP_REFUSED', 'the kernel has it', 'kernel', use],
  );
  const failed = new StopFailedError('it is back', use, true);
  t.strictSame(
    [failed.name, failed.code, failed.message, failed.isTakenAgain, failed.use],
    ['StopFailedError', 'ERR_PORT_STOP_FAILED', 'it is back', true, use],
  );
  t.end();
});
