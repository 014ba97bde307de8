import { printable } from '../../arguments/printable';
import { toAuthority } from '../../host/authority';
import type { ProcessInfo } from '../../process/process-info';
import { howToSee } from '../../who/hidden';
import { holderName, mainProcess } from '../../who/holder';
import type { HeldSocket, PortUse } from '../../who/port-use';
import { list, moment, plural, roughly, shortPath } from './words';

/** A port that is used, in words: for each holder one sentence, then the facts. */
export function describeUse(use: PortUse): string[] {
  const facts = use.names.map(({ name, folder, config }) => {
    const whose = folder === undefined ? '' : ` of the checkout ${shortPath(printable(folder))}`;
    return fact('name', `${name}${whose} (${shortPath(config)})`);
  });
  return groupByHolder(use.sockets).flatMap((sockets, index) => [
    `${use.port}/${use.transport} is used by ${sentence(sockets)}`,
    ...holderFacts(use, sockets),
    ...(index === 0 ? facts : []),
  ]);
}

/** Who has some sockets that one holder has, and what it does with them: `node (12) of ann, which listens on ...`. */
export function sentence(sockets: readonly HeldSocket[]): string {
  const [first] = sockets;
  if (first === undefined) return 'nobody';
  if (first.holder === 'nobody') return lingering(sockets);
  return `${holderName(first)}, which ${list(deeds(sockets))}`;
}

function groupByHolder(sockets: readonly HeldSocket[]): HeldSocket[][] {
  const groups = new Map<string, HeldSocket[]>();
  for (const socket of sockets) {
    const key = [socket.holder, socket.user, ...socket.processes.map(({ pid }) => pid)].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), socket]);
  }
  return [...groups.values()];
}

/** What the holder does with its sockets, each thing once. */
function deeds(sockets: readonly HeldSocket[]): string[] {
  return [...new Set(sockets.map(deed))];
}

function deed(socket: HeldSocket): string {
  const { address, state, remote } = socket;
  if (socket.listens) {
    const verb = state === 'unconnected' ? 'takes datagrams' : 'listens';
    return `${verb} on ${address} (${reach(socket)})`;
  }
  if (remote !== undefined)
    return `is connected from ${address} to ${toAuthority(remote.address, remote.port)}`;
  return `holds ${address} without listening, as a lease does`;
}

function reach({ exposure, address, takesIPv4 }: HeldSocket): string {
  if (exposure === 'this machine') return 'this machine alone';
  if (exposure === 'one address') return 'who reaches that address';
  if (address === '::') return takesIPv4 ? 'everybody, IPv4 too' : 'everybody by IPv6';
  return 'everybody by IPv4';
}

function lingering(sockets: readonly HeldSocket[]): string {
  const longest = Math.max(...sockets.map(({ lingersFor = 0 }) => lingersFor));
  const isWaiting = sockets.every(({ state }) => state === 'time-wait');
  const what = `${plural(sockets.length, 'closed connection')} ${sockets.length === 1 ? 'lingers' : 'linger'}`;
  const end = longest > 0 ? `, for ${roughly(longest)} at most` : '';
  return `nobody any more: ${what}${isWaiting ? ' (TIME_WAIT)' : ''}${end}`;
}

function holderFacts({ port }: PortUse, sockets: readonly HeldSocket[]): string[] {
  const [first] = sockets;
  if (first === undefined) return [];
  const clients = sockets.reduce((sum, socket) => sum + socket.clients, 0);
  const connected = sockets.some(({ listens, state }) => listens && state === 'listen')
    ? [fact('clients', clients === 0 ? 'none connected' : `${clients} connected`)]
    : [];
  if (first.holder === 'hidden') return [...connected, fact('to see it', howToSee(`port-for --who ${port}`))];
  if (first.holder === 'nobody') {
    return [fact('bind', 'a server that sets SO_REUSEADDR, as those of Node do, can listen here now')];
  }
  const main = mainProcess(first.processes);
  if (main === undefined) return connected;
  const others = first.processes.filter((process) => process !== main);
  const shared =
    others.length === 0 ? [] : [fact('shared with', list(others.map(({ name, pid }) => `${name} (${pid})`)))];
  return [...processFacts(main), ...shared, ...connected];
}

/** The facts of a process, one a line. */
export function processFacts(process: ProcessInfo): string[] {
  const { command, name, startedAt, folder, checkout, terminal, parents, unit, container, proxy } = process;
  const facts: (readonly [string, string | undefined])[] = [
    ['command', command === name ? undefined : command],
    ['started', startedAt && `${roughly(Date.now() - startedAt.getTime())} ago (${moment(startedAt)})`],
    ['folder', folder && place(folder, checkout)],
    ['terminal', terminal],
    ['started by', parents.length === 0 ? undefined : chain(process)],
    ['unit', unit],
    [
      'container',
      container && `${container.name ?? ''} (${container.engine} ${container.id.slice(0, 12)})`.trim(),
    ],
    [
      'publishes',
      proxy && `a port of container ${proxy.name ?? proxy.target ?? '(unknown)'} (${proxy.engine})`,
    ],
  ];
  return facts.flatMap(([label, text]) => (text === undefined ? [] : [fact(label, text)]));
}

function place(folder: string, checkout: string | undefined): string {
  if (checkout === undefined) return shortPath(folder);
  return folder === checkout
    ? `${shortPath(folder)} (a Git checkout)`
    : `${shortPath(folder)} (in the Git checkout ${shortPath(checkout)})`;
}

/** The parents up to the one that is known to start things for people: `zsh (12), by tmux (3, terminal)`. */
function chain({ parents }: ProcessInfo): string {
  const end = parents.findIndex(({ kind }) => kind !== undefined);
  const shown = end < 0 ? parents : parents.slice(0, end + 1);
  return shown
    .map(({ name, pid, kind }) => `${name} (${pid}${kind === undefined ? '' : `, ${kind}`})`)
    .join(', by ');
}

function fact(label: string, text: string): string {
  return `  ${label.padEnd(12)}${text}`;
}
