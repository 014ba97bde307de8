import '../support/alone';

import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { scan } from '../../lib/scan/scan';
import { onAbort, untilAborted } from '../../lib/timing/abort';
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

t.test('a signal keeps no listener when all withdrew', async (t) => {
  const { signal } = new AbortController();
  const first = onAbort(signal, () => {});
  const second = onAbort(signal, () => {});
  t.equal(getEventListeners(signal, 'abort').length, 1);
  first();
  t.equal(getEventListeners(signal, 'abort').length, 1);
  second();
  t.equal(getEventListeners(signal, 'abort').length, 0);
});

t.test('work ends with its signal, aborted meanwhile or before', async (t) => {
  const reason = new Error('enough');
  const controller = new AbortController();
  for (const signal of [AbortSignal.abort(reason), controller.signal]) {
    let ended = 0;
    let finish = () => {};
    const work = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const result = untilAborted(work, signal, () => ended++);
    controller.abort(reason);
    finish();
    await t.rejects(result, reason);
    t.equal(ended, 1);
  }
});

t.test('work that ends before its signal leaves no listener on it', async (t) => {
  const { signal } = new AbortController();
  t.equal(await untilAborted(Promise.resolve(7), signal, () => t.fail('aborted')), 7);
  await t.rejects(untilAborted(Promise.reject(new Error('broken')), signal), { message: 'broken' });
  t.equal(getEventListeners(signal, 'abort').length, 0);
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
