import t from 'tap';
import type { ProcessInfo } from '../../lib/process/process-info';
import { holderName, mainProcess } from '../../lib/who/holder';
import type { HeldSocket } from '../../lib/who/port-use';

const processOf = (pid: number, parents: number[] = [], user?: string): ProcessInfo => ({
  pid,
  name: `p${pid}`,
  command: '',
  parents: parents.map((parent) => ({ pid: parent, name: '' })),
  ...(user === undefined ? {} : { user }),
});

const name = (socket: Partial<HeldSocket>) => holderName({ processes: [], ...socket } as HeldSocket);

t.test('a holder is named in a few words', (t) => {
  t.equal(name({ holder: 'kernel' }), 'the kernel itself');
  t.equal(name({ holder: 'nobody', user: 'ann' }), 'nobody any more');
  t.equal(name({ holder: 'hidden', user: 'ann' }), 'a process of ann that is hidden from you');
  t.equal(name({ holder: 'hidden' }), 'a process of somebody that is hidden from you');
  t.equal(name({ holder: 'processes', processes: [processOf(7, [1], 'ann')] }), 'p7 (7) of ann');
  t.equal(name({ holder: 'processes', processes: [processOf(7)] }), 'p7 (7)');
  t.end();
});

t.test('of processes that share a socket the one above the others is the main one', (t) => {
  const main = processOf(5, [1]);
  t.equal(mainProcess([processOf(7, [5, 1]), main, processOf(8, [7, 5, 1])]), main);
  const strangers = [processOf(7, [1]), processOf(8, [2])] as const;
  t.equal(mainProcess(strangers), strangers[0]);
  t.equal(mainProcess([]), undefined);
  t.end();
});
