import t from 'tap';
import * as library from '../lib/index';

t.test('names that could mislead have clearer ones beside them', (t) => {
  t.equal(library.portFromSetting, library.getPort);
  t.equal(library.portFromSettingSync, library.getPortSync);
  t.equal(library.unassignedPorts, library.availablePorts);
  t.equal(library.goodPorts, library.availableGoodPorts);
  t.equal(library.portFromSettingSync('8080'), 8080);
  t.end();
});
