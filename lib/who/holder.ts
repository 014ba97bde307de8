import type { ProcessInfo } from '../process/process-info';
import type { HeldSocket } from './port-use';

/** The holder of a socket, in a few words: `node (12) of ann`. */
export function holderName({ holder, user, processes }: HeldSocket): string {
  if (holder === 'kernel') return 'the kernel itself';
  if (holder === 'nobody') return 'nobody any more';
  const main = mainProcess(processes);
  if (main === undefined) return `a process of ${user ?? 'somebody'} that is hidden from you`;
  return `${main.name} (${main.pid})${main.user === undefined ? '' : ` of ${main.user}`}`;
}

/** Of processes that share a socket the one that started the others, else the first. */
export function mainProcess(processes: readonly ProcessInfo[]): ProcessInfo | undefined {
  const isAbove = ({ pid }: ProcessInfo) =>
    processes.every((other) => other.pid === pid || other.parents.some((parent) => parent.pid === pid));
  return processes.find(isAbove) ?? processes[0];
}
