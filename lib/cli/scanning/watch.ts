import { isatty } from 'node:tty';
import { addon } from '../../addon/addon';
import { EXIT, type ExitCode } from '../exit-code';
import { print } from '../print';
import { screen } from '../seeing/screen';
import { lookUp } from './look-up';
import { usedPortsTable } from './table';
import type { UsedPort } from './used-port';

/** The table of TCP is swept by the addon; UDP ports and their processes are looked at so often, in ms. */
const REST = 1000;
const PACE = { steps: [[Infinity, 50]] as const, restPerSweep: 20 };
const CLEAR_SCREEN = '\u001b[H\u001b[2J\u001b[3J';

interface WatchOptions {
  readonly isUdpAlone: boolean;
  readonly isJson: boolean;
}

/**
 * Prints what is used on this machine again whenever that changes, until Ctrl-C: on a terminal the whole table with what
 * is new (`+`) and gone (`-`) marked, elsewhere a line for each change.
 */
export function watchUsedPorts(options: WatchOptions): Promise<ExitCode> {
  let known = new Map<string, UsedPort>();
  let isFirst = true;
  const look = () => {
    const now = new Map(lookUp(options.isUdpAlone).map((port) => [keyOf(port), port]));
    const marks = new Map<UsedPort, string>();
    for (const [key, port] of now) if (!known.has(key)) marks.set(port, '+');
    for (const [key, port] of known) if (!now.has(key)) marks.set(port, '-');
    if (isFirst || marks.size > 0) show([...now.values()], isFirst ? new Map() : marks, options);
    isFirst = false;
    known = now;
  };
  look();
  return new Promise((resolve, reject) => {
    const guarded = () => {
      try {
        look();
      } catch (error) {
        end();
        reject(error);
      }
    };
    const watch = addon.watchListeners(PACE, guarded);
    const timer = setInterval(guarded, REST);
    const onInterrupt = () => {
      end();
      resolve(EXIT.interrupted);
    };
    const end = () => {
      clearInterval(timer);
      watch?.stop();
      process.removeListener('SIGINT', onInterrupt);
    };
    process.once('SIGINT', onInterrupt);
  });
}

/** What makes a port a different one: its clients come and go. */
function keyOf({ port, transport, addresses, owners }: UsedPort): string {
  return [port, transport, ...addresses, ...owners.map(({ pid }) => pid)].join(' ');
}

function show(
  used: readonly UsedPort[],
  marks: ReadonlyMap<UsedPort, string>,
  { isJson }: WatchOptions,
): void {
  const isNew = (port: UsedPort) => marks.get(port) !== '-';
  if (isJson) {
    const events = marks.size === 0 ? used.map((port) => ({ event: 'used', ...port })) : toEvents(marks);
    print(...events.map((event) => JSON.stringify(event)));
    return;
  }
  const gone = [...marks.keys()].filter((port) => !isNew(port));
  const rows = [...used, ...gone].sort((a, b) => a.transport.localeCompare(b.transport) || a.port - b.port);
  const style = screen();
  if (isatty(1))
    print(
      `${CLEAR_SCREEN}${usedPortsTable(rows, style, marks)
        .slice(0, style.rows - 1)
        .join('\n')}`,
    );
  else {
    const listed = marks.size === 0 ? rows : [...marks.keys()];
    print(...usedPortsTable(listed, { ...style, columns: Infinity }, marks).slice(marks.size === 0 ? 0 : 1));
  }
}

function toEvents(marks: ReadonlyMap<UsedPort, string>): object[] {
  return [...marks].map(([port, mark]) => ({ event: mark === '+' ? 'new' : 'gone', ...port }));
}
