import t from 'tap';
import { onAbort } from '../lib/abort';

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
