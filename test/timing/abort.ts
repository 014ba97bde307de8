import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { scan } from '../../lib/scan/scan';
import { onAbort } from '../../lib/timing/abort';
import { occupied } from '../../lib/wait/wait';
import { reservePort } from '../support/listen';

t.test('everybody who asked is called when a signal is aborted, and nobody who withdrew', async (t) => {
  const controller = new AbortController();
  const called: string[] = [];
  const withdrawn = onAbort(controller.signal, () => called.push('withdrawn'));
  onAbort(controller.signal, () => called.push('first'));
  const second = onAbort(controller.signal, () => called.push('second'));
  withdrawn();
  controller.abort();
  t.strictSame(called, ['first', 'second']);
  second();
});

t.test('a signal that all withdrew from can be asked of again', async (t) => {
  const controller = new AbortController();
  onAbort(controller.signal, () => t.fail('withdrawn'))();
  let called = 0;
  onAbort(controller.signal, () => called++);
  controller.abort();
  t.equal(called, 1);
});

t.test('many scans and waits on one signal look like no leak', async (t) => {
  const warnings: Error[] = [];
  const hear = (warning: Error) => warnings.push(warning);
  process.on('warning', hear);
  t.teardown(() => process.off('warning', hear));
  const controller = new AbortController();
  const { signal } = controller;
  const port = reservePort(t);
  const asked = Array.from({ length: 12 }, () => [
    scan('1-65535', { method: 'bind', signal }),
    occupied('127.0.0.1', port, { timeout: Infinity, signal }),
  ]).flat();
  const settled = Promise.allSettled(asked);
  await sleep(1);
  controller.abort();
  t.strictSame(
    (await settled).map(({ status }) => status),
    asked.map(() => 'rejected'),
  );
  await sleep(1);
  t.strictSame(warnings, []);
});
