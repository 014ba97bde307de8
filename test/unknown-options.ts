import t from 'tap';
import * as all from '../lib/index';

/** Every function of the package that takes options, with a misspelt one and the one that is meant. */
const CALLS: [name: string, call: (options: object) => unknown, misspelt: string, meant: string][] = [
  ['selectRandom', (o) => all.selectRandom(o), 'portss', 'ports'],
  ['selectRandomSync', (o) => all.selectRandomSync(o), 'portss', 'ports'],
  ['getPort', (o) => all.getPort(null, o), 'hosts', 'host'],
  ['getPortSync', (o) => all.getPortSync('1-9', o), 'hosts', 'host'],
  ['allocate', (o) => all.allocate(1, o), 'exlude', 'exclude'],
  ['allocateSync', (o) => all.allocateSync(1, o), 'exlude', 'exclude'],
  ['lease', (o) => all.lease(o), 'exclusve', 'exclusive'],
  ['leaseSync', (o) => all.leaseSync(o), 'exclusve', 'exclusive'],
  ['leaseMany', (o) => all.leaseMany(2, o), 'transprot', 'transport'],
  ['leaseManySync', (o) => all.leaseManySync(2, o), 'transprot', 'transport'],
  ['scan', (o) => all.scan('1-9', o), 'onprogress', 'onProgress'],
  ['scanSync', (o) => all.scanSync('1-9', o), 'metod', 'method'],
  ['portIsUsed', (o) => all.portIsUsed(9, undefined, o), 'signals', 'signal'],
  ['usedPorts', (o) => all.usedPorts(o), 'sate', 'state'],
  ['usedSockets', (o) => all.usedSockets(o), 'sate', 'state'],
  ['availablePorts', (o) => all.availablePorts(o), 'excludeRange', 'excludeRanges'],
  ['goodPortRanges', (o) => all.goodPortRanges(o), 'boarder', 'border'],
  ['availableGoodPorts', (o) => all.availableGoodPorts(o), 'minRangeLenght', 'minRangeLength'],
  ['occupied', (o) => all.occupied('localhost', 9, o), 'timeOut', 'timeout'],
  ['free', (o) => all.free('localhost', 9, o), 'atemptTimeout', 'attemptTimeout'],
  ['new Checker', (o) => new all.Checker(o), 'timeuot', 'timeout'],
  ['new PortStore', (o) => new all.PortStore('x', o), 'locktimeout', 'lockTimeout'],
  ['PortStore#bindPort', (o) => new all.PortStore('x').bindPort('web', o), 'perfer', 'prefer'],
  ['PortStore#bindPortSync', (o) => new all.PortStore('x').bindPortSync('web', o), 'prot', 'port'],
  ['PortStore#lease', (o) => new all.PortStore('x').lease('web', o), 'hots', 'host'],
  ['PortStore#leaseSync', (o) => new all.PortStore('x').leaseSync('web', o), 'hots', 'host'],
  ['PortStore#prune', (o) => new all.PortStore('x').prune(o), 'dryrun', 'dryRun'],
  ['whoHas', (o) => all.whoHas(9, o), 'transports', 'transport'],
  ['explainPort', (o) => all.explainPort(9, o), 'transports', 'transport'],
  ['stopListener', (o) => all.stopListener(9, o), 'forse', 'force'],
];

for (const [name, call, misspelt, meant] of CALLS) {
  t.test(`${name} names the option that was meant`, async (t) => {
    const error = await Promise.resolve()
      .then(() => call({ [misspelt]: 1 }))
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    t.match(error, {
      name: 'RangeError',
      code: 'ERR_PORT_INVALID_VALUE',
      message: `unknown option "${misspelt}": did you mean "${meant}"?`,
    });
  });
}
