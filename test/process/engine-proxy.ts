import t from 'tap';
import { containerProxy } from '../../lib/process/engine-proxy';

t.test('a proxy of an engine tells where it passes connections on to', (t) => {
  const words = '/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 80 -container-ip';
  t.strictSame(containerProxy('docker-proxy', `${words} 172.17.0.2 -container-port 8080`), {
    engine: 'docker',
    target: '172.17.0.2:8080',
  });
  t.match(containerProxy('docker-proxy', `${words} fd00::2 -container-port 8080`), {
    target: '[fd00::2]:8080',
  });
  for (const some of [`${words} 172.17.0.2`, 'docker-proxy -container-port 8080'])
    t.strictSame(containerProxy('docker-proxy', some), { engine: 'docker' });
  t.strictSame(containerProxy('rootlessport', 'rootlessport'), { engine: 'podman' });
  t.equal(containerProxy('node', `node ${words} 172.17.0.2 -container-port 8080`), undefined);
  t.end();
});
