import { inFile } from './in-file.mjs';

const FAULTS = 'test/addon/fault-plan.ts';

/**
 * Faults that were thought up by reading the code alone, without a look at its tests: their share of noticed ones, when
 * they were judged first, says what to expect of others.
 *
 * @type {import('./index.mjs').Mutant[]}
 */
export const BLIND = [
  ...inFile('lib/checkout/checkout-root.ts', 'test/checkout/checkout-root.ts', [
    ['a file is a folder', "  if (!statSync(path).isDirectory()) throw noFolder(folder, 'ENOTDIR');\n", ''],
    ['a package in a checkout is a checkout of its own', '    gitCheckout(start) ??\n', ''],
    ['a name that is not UTF-8 is mangled', "return path.includes('\\uFFFD');", 'return false;'],
  ]),
  ...inFile('lib/checkout/git-checkout.ts', 'test/checkout/git-checkout.ts', [
    [
      'a container is searched in the folders of its host',
      "existsSync(join(root, place, '.git'))",
      "existsSync(join(place, '.git'))",
    ],
    ['the folder itself is no checkout', 'let folder = start;', 'let folder = dirname(start);'],
  ]),
  ...inFile('lib/explain/explain-port.ts', 'test/explain/explain-port.ts', [
    ['ports of names are offered', '.difference([...names.keys()])', ''],
    ['used ports are offered', '.difference(usedPorts({ transport }))', ''],
    ['a sixth neighbour is offered', 'return found.slice(0, MOST_NEAREST);', 'return found;'],
    [
      'ports below are not neighbours',
      '[port + distance, port - distance]',
      '[port + distance, port + distance]',
    ],
    [
      'a port that may not be bound is redirected',
      "judged.denied.has(port) ? await scan(port, { method: 'connect' }) : judged",
      'judged',
    ],
    ['a UDP port is asked by TCP', "  if (transport === 'udp') return [];\n", ''],
    [
      'a second reason is not told',
      'const why = second === undefined ?',
      'const why = first !== undefined ?',
    ],
  ]),
  ...inFile('lib/explain/kernel-rules.ts', 'test/explain/kernel-rules.ts', [
    ['the first port of a range is not in it', 'low <= port && port <= high', 'low < port && port <= high'],
  ]),
  ...inFile('lib/explain/run-rules.ts', 'test/explain/explain-port.ts', [
    ['the border is one wider', 'run.high - port >= BORDER) return', 'run.high - port > BORDER) return'],
    ['a run may be one shorter', '20 + 2 * BORDER + 1', '20 + 2 * BORDER'],
  ]),
  ...inFile('lib/explain/registry-rules.ts', 'test/explain/explain-port.ts', [
    ['1023 is no system port', 'port <= HIGHEST_SYSTEM_PORT', 'port < HIGHEST_SYSTEM_PORT'],
    ['49152 is not dynamic', 'port >= LOWEST_DYNAMIC_PORT', 'port > LOWEST_DYNAMIC_PORT'],
  ]),
  ...inFile('lib/explain/use-rules.ts', 'test/explain/explain-port.ts', [
    [
      'a port lingers for seconds, not milliseconds',
      'new Date(now + longest)',
      'new Date(now + longest / 1000)',
    ],
    ['the addresses of one holder are one', '.add(socket.address));', ');'],
  ]),
  ...inFile('lib/map/page.ts', 'test/map/page.ts', [
    ['the name of a process ends the script', ".replaceAll('<', '\\\\u003c')", ''],
    ['services a port apart are one', 'last[1] === port - 1', 'last[1] <= port - 1'],
  ]),
  ...inFile('lib/map/port-map.ts', 'test/map/port-map.ts', [
    ['a reserved port is ephemeral too', '.difference(system).difference(reserved);', '.difference(system);'],
    [
      'the last port of a run is of no kind',
      'byPort.fill(index, low, high + 1)',
      'byPort.fill(index, low, high)',
    ],
  ]),
  ...inFile('lib/map/svg.ts', 'test/map/svg.ts', [
    [
      'a row that is partly of a kind counts as whole',
      'byPort.subarray(end, end + SIDE).every(',
      'byPort.subarray(end, end + SIDE).some(',
    ],
    [
      'the mark of a name hides in the next row',
      'Math.floor(port / SIDE) - 1.3}l',
      'Math.floor(port / SIDE) - 0.3}l',
    ],
  ]),
  ...inFile('lib/map/terminal.ts', 'test/map/terminal.ts', [
    [
      'a use outweighs a name',
      "  for (const port of map.names.keys()) looks[Math.floor(port / size)] = 'named';\n",
      '',
    ],
    ['a legend is one column too wide', 'entry.length >= columns', 'entry.length >= columns + 2'],
    ['the lower half shows the upper', 'LOOKS[lower[index] ?? above]', 'LOOKS[above]'],
  ]),
  ...inFile('lib/serve/grants.ts', 'test/serve/grants.ts', [
    ['of many ports one comes back', 'this.#count -= ports.length;', 'this.#count--;'],
    ['a process is known by its number alone', 'process.startTicks}`', '0 * Number(process.startTicks)}`'],
  ]),
  ...inFile('lib/serve/port-client.ts', 'test/serve/port-client.ts', [
    ['the abort listener stays', "      signal?.removeEventListener('abort', onAbort);\n", ''],
    ['the timer stays', '      clearTimeout(timer);\n', ''],
    ['the connection stays', '      client.destroy();\n      settle();', '      settle();'],
    [
      'a signal is heard only before the question',
      "    signal?.addEventListener('abort', onAbort, { once: true });\n",
      '',
    ],
    ['init may have ports', 'pid < 2', 'pid < 1'],
  ]),
  ...inFile('lib/serve/port-server.ts', 'test/serve/port-server.ts', [
    [
      'the socket of a living server is taken away',
      '      if (!(await isLeftBehind(address))) throw error;\n',
      '',
    ],
    [
      'a file that is no socket is removed',
      '  if (!lstatSync(path, { throwIfNoEntry: false })?.isSocket()) return false;\n',
      '',
    ],
    ['the folder stays locked', '      if (folder !== undefined) closeSync(folder);\n', ''],
    ['a client that resets ends the server', "    client.on('error', () => client.destroy());\n", ''],
    ['a mute client stays for ever', '    client.setTimeout(PATIENCE, () => client.destroy());\n', ''],
    ['who is given a port is not remembered', '        this.#grants.add(port, owner);\n', ''],
    ['an error listener stays', "        this.#server.removeListener('error', reject);\n", ''],
  ]),
  ...inFile('lib/lease/lease.ts', 'test/lease/lifetime.ts', [
    [
      'a released lease counts as lost',
      'forgotten.register(this, port, this);',
      'forgotten.register(this, port);',
      'test/lease/lifetime.ts',
      'test/lease/lease.ts',
    ],
    [
      'a detached socket does not block',
      'if (blocking) addon.setBlocking(descriptor);',
      '',
      'test/lease/lease.ts',
      'test/lease/listen-fds.ts',
      'test/lease/activate.ts',
    ],
  ]),
  ...inFile('lib/lease/listen.ts', 'test/lease/listen.ts', [
    [
      'a close listener stays on a server that listens at once',
      'process.nextTick(() => isOver || server.once',
      'process.nextTick(() => server.once',
    ],
    [
      'other listeners stay on a server',
      'for (const [event, listener] of Object.entries(listeners)) server.removeListener(event, listener);',
      '',
    ],
    [
      'a socket that a server refuses stays open',
      '    if (place.fd !== undefined && !isTaken) closeSync(place.fd);\n',
      '',
    ],
    [
      'a datagram socket of the other family is handed over',
      "return server.type === (isIpv6 ? 'udp6' : 'udp4');",
      'return server.type !== (isIpv6 ? undefined : isIpv6);',
      'test/lease/listen-datagrams.ts',
    ],
  ]),
  ...inFile('lib/lease/listen-exclusively.ts', 'test/lease/entering.ts', [
    [
      'a server that closes keeps its port listening',
      'const separate = endWith(server, held);',
      'const separate = () => {};',
      'test/lease/lease.ts',
      'test/lease/servers.ts',
      'test/lease/entering.ts',
    ],
    [
      'a server that fails keeps its port listening',
      '    held.endListening();\n    throw error;',
      '    throw error;',
      'test/lease/listen.ts',
      'test/lease/servers.ts',
      'test/lease/entering.ts',
    ],
    [
      'a socket beside which others came stays open',
      '  closeSync(server.fd);\n  throw enteredBy',
      '  throw enteredBy',
    ],
  ]),
  ...inFile('lib/lease/listen-fds.ts', 'test/lease/listen-fds.ts', [
    ['sockets of another process are ours', 'if (pid !==', 'if (pid === undefined && pid !=='],
    [
      'a child believes that it has the sockets',
      'delete environment[variable];',
      'void environment[variable];',
    ],
  ]),
  ...inFile('lib/machine/clients.ts', 'test/machine/clients.ts', [
    ['clients by IPv4 of a dual-stack listener are nobody’s', " ?? at('::');", ';'],
  ]),
  ...inFile('lib/machine/ephemeral-range.ts', 'test/network/ephemeral-range.ts', [
    [
      "the kernel's settings are read once",
      'time - askedAt >= LONGEST_AGE',
      'time - askedAt >= 1000 * LONGEST_AGE',
    ],
    [
      'ranges are given away',
      'map((range) => ({ ...range }))',
      'map((range) => range)',
      'test/machine/ephemeral-range.ts',
    ],
  ]),
  ...inFile('lib/process/stat.ts', 'test/process/stat.ts', [
    ['a zombie is alive', "state === 'Z' || ", ''],
    [
      'a process began with the century',
      'const TICK = 10;',
      'const TICK = 1;',
      'test/process/stat.ts',
      'test/who/who-has.ts',
    ],
    ['a name ends at its first parenthesis', '\\((.*)\\) (.*)$/s', '\\((.*?)\\) (.*)$/s'],
  ]),
  ...inFile('lib/process/engine.ts', 'test/process/engine.ts', [
    [
      'an engine that hangs holds up everything',
      "    asked.on('timeout', () => asked.destroy(new Error('no answer')));\n",
      '',
    ],
    ['an engine that fails is an error', '.catch(() => [])', ''],
  ]),
  ...inFile('lib/process/control-group.ts', 'test/process/control-group.ts', [
    [
      "podman's monitor is in the container",
      "  if (path.includes('/libpod-conmon-')) return undefined;\n",
      '',
    ],
  ]),
  ...inFile('lib/who/who-has.ts', 'test/who/who-has.ts', [
    ['a socket for IPv6 alone takes IPv4', "(address === '::' && !isV6Only)", "address === '::'"],
    ['a process is described anew for each socket', '    known.set(owner.pid, info);\n', ''],
  ]),
  ...inFile('lib/pool/pool.ts', 'test/pool/pool.ts', [
    [
      'an aborted reservation stays',
      '      this.#end(reservation);\n      throw error;',
      '      throw error;',
      'test/pool/state-file.ts',
    ],
    [
      'nobody waits for the disk',
      'await this.#state?.flush();',
      'this.#state?.flush();',
      'test/pool/state-file.ts',
    ],
    ['a closed pool gives ports', '    this.#checkOpen();\n', ''],
    [
      'the owner is told of its own server',
      'if (reservation.pid === undefined || user?.pid !== reservation.pid)',
      '',
      'test/pool/pool.ts',
      'test/pool/state-file.ts',
    ],
    ['a pool looks for ever', '    clearInterval(this.#look);\n    this.#look = undefined;\n', ''],
  ]),
  ...inFile('lib/pool/unavailable.ts', 'test/pool/pool.ts', [
    ['a port cools off for ever', '      this.#mark(port, false);\n', ''],
    [
      'a port cools off again after a restart',
      'at: until - this.#cooldown',
      'at: until',
      'test/pool/unavailable.ts',
    ],
  ]),
  ...inFile('lib/pool/owner-process.ts', 'test/pool/pool.ts', [
    [
      'a process is taken for an earlier one of its number',
      'stat.startTicks === startTicks && ',
      '',
      'test/pool/pool.ts',
      'test/pool/state-file.ts',
      'test/serve/port-server.ts',
    ],
    [
      'a zombie can have ports',
      'return stat.hasEnded ? undefined : {',
      'return {',
      'test/pool/pool.ts',
      'test/serve/port-server.ts',
    ],
  ]),
  ...inFile('lib/pool/state-file.ts', 'test/pool/state-file.ts', [
    ['two lines are written at one place', '      this.#size += text.length;\n', ''],
    ['a shorter file is not flushed', '      fsyncSync(fd);\n      renameSync', '      renameSync'],
    ['the old file stays open', '    closeSync(this.#fd);\n    this.#fd = fd;', '    this.#fd = fd;'],
    ['others may read the state', 'openSync(path, flags, 0o600)', 'openSync(path, flags, 0o666)'],
  ]),
  ...inFile('lib/store/folder.ts', 'test/store/folder.ts', [
    [
      'a folder that root makes in a home is root’s',
      '      fchownSync(fd, Number(owner.uid), Number(owner.gid));\n',
      '',
      'test/store/folder.ts',
      'test/store/foreign-folder.ts',
    ],
    [
      'a folder stays open',
      'if (this.#fd !== undefined) addon.closeDescriptor(this.#fd);',
      '',
      'test/store/folder.ts',
      FAULTS,
    ],
    [
      'a disk that refuses a flush is no fault',
      'if (!hasCode(error, NO_FLUSH)) throw error;',
      '',
      'test/store/folder.ts',
      'test/store/faults.ts',
    ],
    [
      'the same number on another disk is the same file',
      'there.ino === ino && there.dev === dev',
      'there.ino === ino',
    ],
  ]),
  ...inFile('lib/store/journal.ts', 'test/store/journal.ts', [
    ['a journal of other content is believed', 'checksum(before, bytes) === first[3]', "first[3] !== ''"],
    ['a journal that was cut off is content', 'isCut(body) && ', 'body.length < 0 && '],
  ]),
  ...inFile('lib/store/resolve-target.ts', 'test/store/resolve-target.ts', [
    [
      'root follows a link that another user made',
      'isOurs(folder) && link.uid === 0n',
      'isOurs(folder)',
      'test/store/resolve-target.ts',
      'test/store/foreign-folder.ts',
    ],
    [
      'root follows links in a folder of everybody',
      '((mode & 0o022n) === 0n || (mode & 0o1000n) !== 0n)',
      'mode !== 0n',
      'test/store/resolve-target.ts',
      'test/store/foreign-folder.ts',
    ],
    ['a circle of links has no end', 'if (++links > MOST_LINKS) throw tooManyLinks(path);', 'links++;'],
  ]),
  ...inFile('lib/cli/run-command.ts', 'test/cli/port-for-run-ends.ts', [
    [
      'a command that was killed ended with its signal',
      '128 + (signal',
      '0 + (signal',
      'test/cli/port-for-run.ts',
      'test/cli/port-for-run-ends.ts',
    ],
  ]),
  ...inFile('lib/cli/port-variables.ts', 'test/cli/port-variables.ts', [
    ['two names may share a variable', 'if (other !== undefined) {', 'if (other === name) {'],
  ]),
  ...inFile('lib/wait/endpoint.ts', 'test/wait/endpoint.ts', [
    ['an answer to an earlier question counts', 'if (number >= firstTry) subscriber', 'subscriber'],
    ['a try that nobody waits for goes on', '    this.current?.cancel();\n', ''],
    [
      'a change of the table is no reason to try',
      '    this.since = now;\n    this.hurry(now);\n  }\n\n  /** Wants',
      '    this.since = now;\n  }\n\n  /** Wants',
    ],
  ]),
  ...inFile('lib/wait/host-watch.ts', 'test/wait/names.ts', [
    [
      'a name is looked up for ever',
      '    clearTimeout(this.timer);\n    this.withdraw?.();',
      '    this.withdraw?.();',
    ],
    ['a lookup that nobody waits for goes on', '    this.withdraw?.();\n', ''],
  ]),
  ...inFile('lib/wait/watch-process.ts', 'test/wait/watch-process.ts', [
    ['an exit code is a status', 'exitCode: status >> 8', 'exitCode: status'],
    ['the exit listener stays', "    child.off('exit', tell);\n", ''],
    [
      'a child that has ended is waited for',
      'child.pid === undefined || child.exitCode !== null',
      'child.pid === undefined || child.exitCode === undefined',
    ],
  ]),
  ...inFile('lib/wait/waiting.ts', 'test/wait/watch-process.ts', [
    ['the watch of a process stays after a wait', '      stopWatching?.();\n', ''],
  ]),
  {
    name: 'the port is still taken',
    file: 'lib/wait/find-available-local-port.ts',
    find: 'server.close(() => resolve(port));',
    replace: 'resolve(port);\n      server.close();',
    tests: ['test/wait/find-available-local-port.ts'],
    lives: 'close() itself closes a listening socket, before anybody who waits for the promise runs',
  },
  ...inFile('lib/host/addresses.ts', 'test/host/addresses.ts', [
    [
      'a name may mean a link-local address without its interface',
      '.map(checkScope)',
      '',
      'test/host/addresses.ts',
      'test/host/resolve.ts',
      'test/network/hosts-file.ts',
    ],
    [
      'localhost has addresses that the machine lacks',
      'known.filter((address) => addon.isLocalAddress(address))',
      'known',
      'test/host/addresses.ts',
      'test/network/scan-conditions.ts',
    ],
  ]),
  ...inFile('lib/host/local-address.ts', 'test/host/local-address.ts', [
    [
      'without a descriptor a wait fails',
      'if (error instanceof PortSystemError) return true;',
      '',
      'test/host/local-address.ts',
      'test/wait/attempt.ts',
      FAULTS,
    ],
  ]),
  ...inFile('lib/ports/port-set.ts', 'test/ports/port-set.ts', [
    [
      'a set is one larger for each port removed',
      'set.#size += isMember ? 1 : -1;',
      'set.#size += 1;',
      'test/ports/port-set.ts',
      'test/pool/pool.ts',
      'test/serve/port-server.ts',
    ],
  ]),
  ...inFile('lib/store/config-path.ts', 'test/store/config-path.ts', [
    [
      'a relative XDG_CONFIG_HOME is believed',
      'if (isAbsolute(XDG_CONFIG_HOME)) return',
      "if (XDG_CONFIG_HOME !== '') return",
    ],
    ['a file that can only be read is written', 'constants.W_OK | constants.R_OK', 'constants.R_OK'],
  ]),
  ...inFile('lib/store/access-error.ts', 'test/store/access-error.ts', [
    ['an error of a quota has no name', 'number === -errno', 'number === errno'],
  ]),
  ...inFile('lib/wait/options.ts', 'test/wait/http-attempt.ts', [
    ['299 is no success', 'low <= code && code <= high', 'low <= code && code < high'],
    [
      'a certificate that cannot be read is trusted in silence',
      '    for (const block of blocks) checkCertificate(block);\n',
      '',
    ],
  ]),
  ...inFile('native/pick_job.cc', 'test/lease/lease.ts', [
    [
      'a lease of UDP takes datagrams in',
      'if (transport == Transport::kUdp) refuse_datagrams(socket);',
      '',
      'test/lease/lease.ts',
      'test/lease/listen-datagrams.ts',
    ],
    [
      'too few ports stay held',
      'if (result.fault || result.ports.size() < request.count) result.held.clear();',
      'if (result.fault) result.held.clear();',
      'test/lease/lease.ts',
      'test/pick/order.ts',
    ],
  ]),
  ...inFile('native/bind_probe.cc', 'test/addon/shortage.ts', [
    [
      'a lack of descriptors is a lack of IPv6',
      'if (opening != 0 && opening != EAFNOSUPPORT) return {true, true};',
      '',
    ],
  ]),
  ...inFile('native/folder_calls.cc', 'test/addon/arguments.ts', [
    [
      'a name may lead out of its folder',
      'text != "." && text != ".." &&',
      'text != "." &&',
      'test/addon/arguments.ts',
      'test/store/folder.ts',
    ],
  ]),
  ...inFile('native/linux/open_sockets.cc', 'test/machine/port-owners.ts', [
    [
      'each process that is looked at leaves a folder open',
      '    if (number_ >= 0) close(number_);\n',
      '',
      'test/addon/descriptors.ts',
    ],
    [
      'only the first entries of a folder are read',
      '      next += entry->length;\n    }\n',
      '      next += entry->length;\n    }\n    return;\n',
      'test/addon/descriptors.ts',
    ],
    [
      'a socket that a child inherited is its parent’s alone',
      'if (left > 0) return false;\n    add(process.id, std::move(open));',
      'if (left > 0) return false;',
      'test/machine/port-owners.ts',
      'test/network/who-agreement.ts',
    ],
  ]),
  ...inFile('native/linux/process_handle.cc', 'test/addon/process-handle.ts', [
    [
      'the handle of a process stays open',
      '  if (is_open_) close(descriptor_);\n',
      '',
      'test/addon/descriptors.ts',
    ],
  ]),
  ...inFile('native/linux/process_watch.cc', 'test/wait/watch-process.ts', [
    ['a watch leaves a descriptor', '    close(pidfd_);\n', '', 'test/addon/descriptors.ts'],
    [
      'a watch that was ended tells',
      '    is_told_ = true;\n    stop();',
      '    stop();',
      'test/addon/process-handle.ts',
    ],
    [
      'the status of a child that was not collected is not known',
      'if (const auto status = status_of_zombie(pid_)) return status;',
      '',
      'test/addon/process-handle.ts',
    ],
  ]),
  ...inFile('native/linux/server_socket.cc', 'test/lease/entering.ts', [
    [
      'the gate stays open',
      'for (Socket* one : held_) one->set_reuse_address(false);',
      '',
      'test/lease/entering.ts',
      'test/lease/lease.ts',
      'test/network/lease.ts',
    ],
    [
      'closed connections keep the next server out',
      '  held.set_reuse_address(true);\n  Socket shared;',
      '  Socket shared;',
      'test/lease/lease.ts',
      'test/lease/listen.ts',
      'test/lease/entering.ts',
      'test/network/lease.ts',
    ],
    [
      'after its server a port admits everybody',
      '    one.socket.set_reuse_address(false);\n    // The kernel',
      '    // The kernel',
      'test/lease/lease.ts',
      'test/lease/entering.ts',
      'test/network/lease.ts',
    ],
    [
      'a detached socket admits everybody',
      '    free.set_reuse_address(false);\n',
      '',
      'test/lease/listen.ts',
      'test/lease/lease.ts',
      'test/lease/entering.ts',
      'test/network/lease.ts',
    ],
  ]),
  ...inFile('native/linux/socket_owners.cc', 'test/machine/port-owners.ts', [
    ['a name ends with a line feed', "if (!name.empty() && name.back() == '\\n') name.pop_back();", ''],
    ['the words of a command are one', "  std::replace(command.begin(), command.end(), '\\0', ' ');\n", ''],
  ]),
  ...inFile('native/linux/listener_question.cc', 'test/addon/listener-watch.ts', [
    [
      'each question that fails leaves a descriptor',
      '  if (descriptor_ >= 0) close(descriptor_);\n  descriptor_ = -1;',
      '  descriptor_ = -1;',
      'test/addon/listener-watch.ts',
      FAULTS,
    ],
  ]),
  ...inFile('native/linux/content_guard.cc', 'test/store/locked-file.ts', [
    [
      'who opens the file kills its writer',
      '  if (fcntl(descriptor, F_SETSIG, SIGURG) != 0) return errno;\n',
      '',
      'test/store/locked-file.ts',
      'test/store/beside-python.ts',
      'test/store/in-place-readers.ts',
    ],
    [
      'whoever may only read the file locks it',
      'is_exclusive ? F_WRLCK : F_RDLCK',
      'F_RDLCK',
      'test/store/locked-file.ts',
      'test/store/gate.ts',
      'test/store/torture.ts',
    ],
  ]),
  ...inFile('native/posix/folder_files.cc', 'test/store/folder.ts', [
    ['each folder on the way stays open', '    close(folder);\n', '', 'test/store/folder.ts', FAULTS],
    [
      'a pipe in place of the file blocks',
      'O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC',
      'O_NOFOLLOW | O_CLOEXEC',
      'test/store/folder.ts',
      'test/store/foreign-folder.ts',
      'test/store/config-file.ts',
    ],
  ]),
  ...inFile('native/posix/hang_up.cc', 'test/network/polite-waits.ts', [
    ['the end of the process waits for nobody', '  while (!open.empty()) {', '  while (false) {'],
  ]),
  ...inFile('native/posix/signal_relay.cc', 'test/cli/port-for-run-signals.ts', [
    ['SIGUSR2 ends us and not the command', 'SIGUSR1, SIGUSR2, SIGALRM', 'SIGUSR1, SIGALRM'],
  ]),
  ...inFile('native/posix/socket.cc', 'test/addon/descriptors.ts', [
    [
      'children inherit every socket',
      'type_of(transport) | SOCK_CLOEXEC | SOCK_NONBLOCK',
      'type_of(transport) | SOCK_NONBLOCK',
      'test/addon/descriptors.ts',
      'test/lease/lease.ts',
      'test/lease/listen.ts',
    ],
    [
      'children inherit shared sockets',
      'fcntl(other, F_DUPFD_CLOEXEC, 0)',
      'fcntl(other, F_DUPFD, 0)',
      'test/addon/descriptors.ts',
      'test/lease/lease.ts',
      'test/lease/servers.ts',
      'test/lease/listen.ts',
    ],
  ]),
  ...inFile('native/address.cc', 'test/host/address.ts', [
    [
      '127.0.0.2 is no loopback address',
      '(ntohl(v4().sin_addr.s_addr) >> 24) == kLoopbackNet',
      'ntohl(v4().sin_addr.s_addr) == INADDR_LOOPBACK',
      'test/host/local-address.ts',
      'test/lease/entering.ts',
      'test/network/scan-conditions.ts',
      'test/addon/addon.ts',
      'test/lease/listen.ts',
    ],
  ]),
  ...inFile('native/port_bits.cc', 'test/addon/addon.ts', [
    [
      'the second word of a set is not drawn from',
      'here <= rank; here',
      'here < rank; here',
      'test/pick/pick.ts',
      'test/addon/addon.ts',
    ],
  ]),
  ...inFile('native/owner_search.cc', 'test/machine/port-owners.ts', [
    [
      'clients before the server, on another thread',
      'listening.count(owner.owner_key) > 0',
      'listening.count(owner.owner_key) == 0',
    ],
  ]),
  ...inFile('native/hang_ups.cc', 'test/network/polite-scans.ts', [
    [
      'what a server says is not read',
      'const int state = connection.socket.discard_input(&bytes);',
      'const int state = EWOULDBLOCK;',
    ],
    [
      'a server that speaks without end is kept for ever',
      ' || now - connection.begun >= patience',
      '',
      'test/scan/scan.ts',
    ],
  ]),
  ...inFile('native/linux/socket_table.cc', 'test/machine/used-sockets.ts', [
    [
      'an interrupted table is told twice',
      'const auto restart = [&] { sockets.clear(); };',
      'const auto restart = [&] {};',
      FAULTS,
    ],
    [
      'sockets of IPv6 take IPv4',
      'socket.is_v6_only = is_v6_only(message);',
      '',
      'test/machine/used-sockets.ts',
      'test/who/who-has.ts',
    ],
    [
      'a closed connection lingers for no time',
      'socket.lingers_ms = entry.idiag_expires;',
      'socket.lingers_ms = 0;',
      'test/machine/used-sockets.ts',
      'test/explain/explain-port.ts',
    ],
    [
      'UDP sockets of IPv6 are not listed',
      'if (error == 0) error = netlink.dump(AF_INET6, IPPROTO_UDP, states, visit);',
      '',
      'test/machine/used-sockets.ts',
      'test/machine/used-ports.ts',
      'test/who/who-has.ts',
    ],
  ]),
  ...inFile('native/linux/proc_net.cc', 'test/network/no-netlink.ts', [
    [
      'a tick is a millisecond',
      'kMillisecondsPerTick = 10',
      'kMillisecondsPerTick = 1',
      'test/network/no-netlink.ts',
      'test/addon/damaged-answers.ts',
    ],
    [
      'a kernel without IPv6 has no table',
      'return error == ENOENT ? 0 : error;',
      'return error;',
      'test/network/no-netlink.ts',
      FAULTS,
    ],
  ]),
  ...inFile('native/table_watch.cc', 'test/addon/listener-watch.ts', [
    [
      'a stopped watch tells',
      'return is_stopped_ ? Changes() : std::exchange(changes_, {});',
      'return std::exchange(changes_, {});',
    ],
    [
      'without a table it asks without a rest',
      'if (is_blind_) return kRestWithoutTable;',
      '',
      'test/addon/listener-watch.ts',
      'test/network/no-netlink.ts',
    ],
  ]),
  ...inFile('native/js_values.cc', 'test/addon/arguments.ts', [
    [
      'a detached bitmap is read',
      ' || array.ByteLength() != PortBits::kBytes',
      '',
      'test/addon/arguments.ts',
      'test/addon/fuzz.ts',
    ],
    ['a fraction is cut off', 'if (number == std::trunc(number)) return', 'return'],
  ]),
  ...inFile('native/this_machine.cc', 'test/host/local-address.ts', [
    [
      'a lack of descriptors is a foreign address',
      '  if (error != 0) return Fault{error, "socket"};\n  return socket.bind',
      '  return socket.bind',
      FAULTS,
      'test/addon/shortage.ts',
    ],
    [
      'a black hole is a way',
      '         error != EINVAL;',
      '         true;',
      'test/network/scan-conditions.ts',
      'test/network/waits.ts',
      'test/network/scan-remote.ts',
    ],
  ]),
  ...inFile('native/judge.cc', 'test/network/silent-picks.ts', [
    [
      'after a silent address the others are not asked',
      'const std::optional<Outcome> others = ask(question.port, question.client + 1);',
      'const std::optional<Outcome> others = Verdict::kFree;',
      'test/network/silent-picks.ts',
      'test/network/scan-conditions.ts',
    ],
    [
      'a silent port is waited for without end',
      'error == EINPROGRESS && Clock::now() < question.deadline',
      'error == EINPROGRESS',
    ],
    [
      'an address that cannot be reached makes every port used',
      'if (!target_.is_everywhere()) return Fault{ENETUNREACH, "connect"};',
      'if (!target_.is_everywhere()) return outcome;',
      'test/network/scan-conditions.ts',
      'test/network/silent-picks.ts',
    ],
  ]),
  ...inFile('native/scan.cc', 'test/network/scan-agreement.ts', [
    [
      'used ports are asked once',
      'if (!used_.empty()) ask_used_again();',
      'for (const uint16_t port : used_) result_.add(port, Verdict::kUsed);',
      FAULTS,
    ],
    [
      'a share that failed is left out',
      '  if (!fault) fault = other.fault;\n',
      '',
      'test/addon/shortage.ts',
      'test/network/scan-faults.ts',
      FAULTS,
    ],
    [
      'the last port stays bound while it waits',
      '    probe_.let_go();\n    if (!used_.empty()) ask_used_again();',
      '    if (!used_.empty()) ask_used_again();',
      'test/scan/scan.ts',
      'test/network/scan-agreement.ts',
    ],
  ]),
  ...inFile('native/connect_scan.cc', 'test/network/scan-remote.ts', [
    ['silent ports are asked once', 'round_ == 1 || (is_lossy_', 'round_ == 0 || (is_lossy_'],
    [
      'unreachable ports are only filtered',
      'if (is_unreachable(error)) unreachable_.add(port);',
      '',
      'test/network/scan-remote.ts',
      'test/network/scan-conditions.ts',
      'test/network/scan-faults.ts',
    ],
    [
      'a short lack of room ends a scan',
      'if (++shortage_waits_ > kMostShortageWaits) {',
      'if (++shortage_waits_ > 0) {',
      'test/network/scan-faults.ts',
      'test/network/scan-limit.ts',
      FAULTS,
    ],
    [
      'a reset is no answer to `reset`',
      'if (options_.resets || is(outcome, Verdict::kFree)) {',
      'if (is(outcome, Verdict::kFree)) {',
      'test/network/scan-endings.ts',
      'test/network/polite-scans.ts',
      'test/scan/scan.ts',
    ],
  ]),
  ...inFile('native/connect_probe.cc', 'test/network/scan-phantoms.ts', [
    [
      'a connection that meets itself is a listener',
      'const bool is_itself = socket_.local_address(&local) && socket_.peer_address(&peer) && local == peer;',
      'const bool is_itself = local.port() == 0 && peer.port() == 0;',
      'test/network/scan-conditions.ts',
    ],
    [
      "a firewall's refusal is this machine's",
      'return is_asked ? Verdict::kFiltered : Verdict::kDenied;',
      'return Verdict::kDenied;',
      'test/network/late-answers.ts',
    ],
    [
      'a refusal of a protocol is a fault',
      '    case ENOPROTOOPT:\n    case EPROTO:\n',
      '    case EPROTO:\n',
      'test/network/scan-conditions.ts',
      'test/network/scan-faults.ts',
      FAULTS,
    ],
  ]),
  ...inFile('native/pick.cc', 'test/pick/pick.ts', [
    ['used ports in a row are asked for ever', 'misses_ >= kMissesBeforeSweep', 'misses_ >= 100000', FAULTS],
    [
      'a shortage while ports are waited for ends a pick',
      '!is_shortage(fault->error) || others == 0',
      'true',
      'test/network/silent-picks.ts',
      'test/addon/shortage.ts',
    ],
    [
      'denied ports are not counted',
      'if (is(outcome, Verdict::kDenied)) result_.denied++;',
      '',
      'test/network/scan-conditions.ts',
      'test/pick/pick.ts',
      'test/pick/errors.ts',
    ],
  ]),
  ...inFile('native/posix/activation.cc', 'test/lease/activate.ts', [
    [
      'an activated datagram socket listens',
      'transport == Transport::kTcp && listen(socket.handle(), SOMAXCONN) != 0',
      'listen(socket.handle(), SOMAXCONN) != 0',
      'test/lease/activate.ts',
      'test/cli/port-for-run-sockets.ts',
    ],
    ['an activated socket does not block', 'flags & ~O_NONBLOCK', 'flags'],
  ]),
  ...inFile('native/linux/thread_priority.cc', 'test/addon/threads.ts', [
    ['scans raise their priority', 'nice + kNicer', '-kNicer'],
  ]),
  ...inFile('native/linux/abstract_socket.cc', 'test/machine/unix-socket.ts', [
    [
      'a long name is cut off',
      'if (name.size() + 1 > sizeof address.sun_path) return',
      'if (name.size() > 100000) return',
    ],
  ]),
  ...inFile('native/connection_window.h', 'test/network/scan-remote.ts', [
    ['a scan of another machine stays at 64 connections', '      size_++;\n', ''],
  ]),
];
