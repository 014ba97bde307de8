import t from 'tap';
import { HostPort } from '../../lib/wait/host-port';
import { toHostPorts } from '../../lib/wait/target';

t.test('targets can be named in each form, alone and in a list', async (t) => {
  const forms = ['a:1', new HostPort('a', 1), { host: 'a', port: 1 }, ['a', 1]] as const;
  for (const form of forms) t.strictSame(toHostPorts(form).map(String), ['a:1']);
  t.strictSame(toHostPorts(forms).map(String), ['a:1', 'a:1', 'a:1', 'a:1']);
  t.strictSame(toHostPorts(new Set(['a:1', '[::1]:2'])).map(String), ['a:1', '[::1]:2']);
  t.strictSame(toHostPorts([]), []);
  t.strictSame(toHostPorts([['a', 1]]).map(String), ['a:1']);
});

t.test('what is no target is refused', async (t) => {
  for (const target of [80, true, {}, { host: 'a' }, [['a']], [['a', '1']], [null], [80]]) {
    t.throws(() => toHostPorts(target as never), { code: /^ERR_PORT_INVALID/ }, JSON.stringify(target));
  }
});
