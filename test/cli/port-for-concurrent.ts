import { join } from 'node:path';
import t from 'tap';
import { portFor } from '../support/command';

t.test('100 names asked for 20 at a time get 100 ports, and all are kept', async (t) => {
  const PORT_FOR_CONFIG = join(t.testdir({}), 'port-for.conf');
  const names = Array.from({ length: 100 }, (_, index) => `app${index}`);
  const queue = [...names];
  const ports = new Map<string, number>();
  const work = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const { code, stdout, stderr } = await portFor([name], { PORT_FOR_CONFIG });
      t.equal(code, 0, `${name} ${stderr}`);
      ports.set(name, Number(stdout));
    }
  };
  await Promise.all(Array.from({ length: 20 }, work));
  t.equal(new Set(ports.values()).size, 100);
  const listed = (await portFor(['--list'], { PORT_FOR_CONFIG })).stdout.trimEnd().split('\n').sort();
  t.strictSame(listed, names.map((name) => `${name}: ${ports.get(name)}`).sort());
});
