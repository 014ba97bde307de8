import type { PortMap } from '../../lib/map/port-map';
import { PortSet } from '../../lib/ports/port-set';

/** A map that is the same on every machine; its kinds begin and end within a row of 256 ports, and fill whole rows. */
export function madeUpMap(): PortMap {
  return {
    transport: 'tcp',
    kinds: {
      system: new PortSet('1-1023'),
      assigned: new PortSet('1024-1999,30000-32767'),
      good: new PortSet('2000-2100,10000-29999'),
      spare: new PortSet('2101-9999'),
      reserved: new PortSet('61000-61099'),
      ephemeral: new PortSet('32768-60999'),
      dynamic: new PortSet('61100-65535'),
    },
    used: new PortSet('3000,18500'),
    names: new Map([3000, 20_000, 65_535].map((port) => [port, [{ name: 'shop', config: '/c' }]])),
  };
}
