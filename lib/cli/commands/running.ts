import { PortForError } from '../../errors/port-for-error';
import { PortInUseError } from '../../lease/errors';
import { type PortOwner, portOwners } from '../../machine/port-owners';
import { describeProcess } from '../../process/process-info';
import type { PortStore } from '../../store/port-store';

/**
 * The error of `--run` about a port that is in use, with all that helps: by which command, since when and in which
 * folder. If another `--run` holds the port, the name is running, and its port is never to be taken away.
 */
export function sayWhoRuns(error: unknown, { folder }: PortStore): unknown {
  if (!(error instanceof PortInUseError) || error.owner === undefined) return error;
  const { port, portName, owner } = error;
  const name = JSON.stringify(portName);
  const holder = portOwners(port, 'tcp').find(isRun);
  const who = describe(owner.pid === holder?.pid ? { ...owner, command: commandOf(holder) } : owner);
  const elsewhere = folder === undefined ? ' (--here gives each checkout ports of its own)' : '';
  const message =
    holder === undefined
      ? `port ${port} of ${name} is in use by ${who}: stop that, or give ${name} another port (--rebind ${portName})`
      : `${name} is running: ${who} has port ${port}. Stop that first, or run this under another name${elsewhere}`;
  return new PortForError('ERR_PORT_IN_USE', message, { cause: error });
}

function isRun({ command }: PortOwner): boolean {
  return /\bport-for(?:-native)?(?:\.js)? .*--run\b/.test(command);
}

/** The command that a `--run` runs. */
function commandOf({ command }: PortOwner): string {
  return / -- (.*)$/s.exec(command)?.[1] ?? command;
}

function describe(owner: PortOwner): string {
  const { startedAt, folder } = describeProcess(owner);
  const since = startedAt === undefined ? '' : ` since ${timeOf(startedAt)}`;
  const where = folder === undefined ? '' : ` in ${folder}`;
  return `${JSON.stringify(owner.command)} (pid ${owner.pid})${since}${where}`;
}

/** `14:02` today, else with its day. */
function timeOf(date: Date): string {
  const two = (value: number) => `${value}`.padStart(2, '0');
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday ? time : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}
