import { gitCheckout } from '../checkout/git-checkout';
import { type ProcessInfo, parentsOf } from '../process/process-info';
import { readStat } from '../process/stat';
import { howToSee } from '../who/hidden';
import { holderName } from '../who/holder';
import { nameInWords } from '../who/port-names';
import type { HeldSocket, PortUse } from '../who/port-use';
import { type StopRefusal, StopRefusedError } from './errors';

/** Whose listener it would be. */
interface Circumstances {
  /** Whether the caller insists, which overrides what is a matter of courtesy. */
  readonly isForced: boolean;
  /** The folder that the caller works in. */
  readonly folder: string;
}

/**
 * Throws a {@link StopRefusedError} where the holders of a port must not be stopped, or where this process may not.
 * Insisting helps only against the last three.
 */
export function checkMayStop(
  use: PortUse,
  sockets: readonly HeldSocket[],
  circumstances: Circumstances,
): void {
  for (const socket of sockets) {
    const refusal =
      refuseSocket(use, socket) ?? socket.processes.map((info) => refuseProcess(use, info)).find(Boolean);
    const courtesy = circumstances.isForced ? undefined : askForForce(use, socket, circumstances.folder);
    const [kind, message] = refusal ?? courtesy ?? [];
    if (kind !== undefined && message !== undefined) throw new StopRefusedError(kind, message, use);
  }
}

type Refused = readonly [refusal: StopRefusal, message: string];

function refuseSocket(use: PortUse, socket: HeldSocket): Refused | undefined {
  const port = named(use);
  if (socket.holder === 'kernel')
    return ['kernel', `${port} is held by the kernel itself, which cannot be stopped`];
  if (socket.holder === 'hidden') {
    const whose = socket.user === undefined ? 'somebody' : socket.user;
    return [
      'hidden',
      `${port} is used by a process of ${whose} that is hidden from you: ${howToSee(`port-for --stop ${use.port}`)}`,
    ];
  }
  return undefined;
}

function refuseProcess(use: PortUse, info: ProcessInfo): Refused | undefined {
  const who = `${info.name} (${info.pid})`;
  if (info.pid === 1) {
    const unit = info.name === 'systemd' ? ': systemctl list-sockets tells which unit to stop' : '';
    return ['first process', `${named(use)} is held by ${who}, the first process of the machine${unit}`];
  }
  if (ownProcesses().has(info.pid)) {
    return ['this process', `${named(use)} is used by ${who}, which runs this command`];
  }
  if (info.proxy !== undefined) {
    const { engine, name, target } = info.proxy;
    const command = name === undefined ? `${engine} ps tells which` : `${engine} stop ${name}`;
    const container = name ?? (target === undefined ? 'a container' : `the container at ${target}`);
    return ['container', `${named(use)} is published by ${engine} for ${container}: ${command}`];
  }
  if (!maySignal(info.pid)) {
    return [
      'no rights',
      `${named(use)} is used by ${who} of ${info.user ?? 'another user'}: that user and root can stop it`,
    ];
  }
  return undefined;
}

function askForForce(use: PortUse, socket: HeldSocket, folder: string): Refused | undefined {
  if (socket.state === 'bound') {
    const who = holderName(socket);
    return ['lease', `${named(use)} is held by ${who} without listening, as a lease is: force stops ${who}`];
  }
  const here = gitCheckout(folder);
  for (const info of socket.processes) {
    const who = `${info.name} (${info.pid})`;
    if (info.container !== undefined) {
      const { engine, id, name } = info.container;
      return [
        'container',
        `${named(use)} is used by ${who} in container ${name ?? id.slice(0, 12)} (${engine}): stop that, or insist with force`,
      ];
    }
    if (here !== undefined && info.checkout !== undefined && info.checkout !== here) {
      return [
        'other checkout',
        `${named(use)} is used by ${who} of another checkout, ${info.checkout}: force stops it`,
      ];
    }
  }
  return undefined;
}

/** This process and all above it. */
function ownProcesses(): Set<number> {
  const stat = readStat(process.pid);
  return new Set([
    process.pid,
    process.ppid,
    ...(stat === undefined ? [] : parentsOf(stat).map(({ pid }) => pid)),
  ]);
}

function maySignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'EPERM');
  }
}

function named({ port, transport, names }: PortUse): string {
  const [first] = names;
  return first === undefined
    ? `port ${port}/${transport}`
    : `port ${port}/${transport} of ${nameInWords(first)}`;
}
