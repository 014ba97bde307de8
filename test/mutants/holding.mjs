import { inFile } from './in-file.mjs';

/**
 * Faults of what holds, serves, stops, scans and draws ports, found by reading the code line by line. None of them was
 * noticed when it was tried first.
 *
 * @type {import('./index.mjs').Mutant[]}
 */
export const HOLDING = [
  ...inFile('lib/store/config-text.ts', 'test/store/config-text.ts', [
    ['an indented header comes below another name', '!isIndented(config, nextHeader(config, item))', 'true'],
  ]),
  ...inFile('lib/map/port-map.ts', 'test/map/port-map.ts', [
    ['1024 is a system port', "new PortSet('1-1023')", "new PortSet('1-1024')"],
    [
      'ports that Windows excludes are not reserved',
      '[...kernel.reservedRanges, ...kernel.excludedRanges]',
      '[...kernel.reservedRanges]',
    ],
    [
      'a system port is ephemeral too',
      'new PortSet(kernel.ephemeralRanges).difference(system)',
      'new PortSet(kernel.ephemeralRanges)',
    ],
    [
      'the map of UDP shows what TCP uses',
      'used: usedPorts({ transport })',
      "used: usedPorts({ transport: 'tcp' })",
    ],
    ['49151 is of no kind', "'1024-49151'", "'1024-49150'"],
  ]),
  ...inFile('lib/map/page.ts', 'test/map/page.ts', [
    ['neighbours with different services are one', ' && last[2] === text', ''],
    [
      'a service is told twice',
      '[...new Set([service.name, ...service.unofficialUses])]',
      '[service.name, ...service.unofficialUses]',
    ],
    ['a dollar in a name is a pattern', '\'"DATA"\', () => json', '\'"DATA"\', json'],
  ]),
  ...inFile('lib/map/terminal.ts', 'test/map/terminal.ts', [
    [
      'a cell shows the kind that the fewest of its ports have',
      'Math.max(...ballots)',
      'Math.min(...ballots)',
    ],
    ['a map is as wide as its screen', 'screen.columns - LABEL - 1', 'screen.columns - LABEL'],
  ]),
  ...inFile('lib/map/svg.ts', 'test/map/svg.ts', [
    ['the last line of the legend is cut off', 'Math.ceil(legend.length', 'Math.floor(legend.length'],
  ]),
  ...inFile('lib/pool/pool.ts', 'test/pool/pool.ts', [
    [
      'a pool without a file may have one',
      "    if (state === '') throw invalidValue('state \"\" names no file');\n",
      '',
    ],
    [
      'each listener starts a watch',
      '    if (this.#watch !== undefined || this.#isClosed) return;\n    this.#watch',
      '    if (this.#isClosed) return;\n    this.#watch',
    ],
    [
      'a closed pool watches',
      '    if (this.#watch !== undefined || this.#isClosed) return;\n    this.#watch',
      '    if (this.#watch !== undefined) return;\n    this.#watch',
    ],
    ['who wants to hear of closed ports alone hears nothing', " || event === 'closed'", ''],
    ['a closed pool knows whose a port was', '    this.#taken.clear();\n', ''],
    [
      'a reservation that was released twice ends the next one',
      'if (!this.#reservations.delete(reservation.id)) return;',
      'this.#reservations.delete(reservation.id);',
    ],
    ['only the first look finds processes', '      if (process !== undefined) isOver = false;\n', ''],
    [
      'a pool of one address holds everywhere',
      'const choice = { ...wish, host: this.#host };',
      'const choice = { ...wish, host: undefined };',
    ],
    [
      'who listens later is told nothing',
      " || this.listenerCount('taken') === 0",
      '',
      'test/pool/state-file.ts',
    ],
    [
      'unheld ports of one reservation count',
      'sum + unheld.length, 0',
      'unheld.length, 0',
      'test/pool/state-file.ts',
    ],
    [
      'the file is closed twice',
      '    if (this.#isClosed) return;\n    this.#isClosed = true;',
      '    this.#isClosed = true;',
      'test/pool/state-file.ts',
    ],
  ]),
  ...inFile('lib/pool/unavailable.ts', 'test/pool/unavailable.ts', [
    [
      'a reserved port cools down',
      '    this.#cooling.delete(port);\n    this.#mark(port, true);',
      '    this.#mark(port, true);',
    ],
  ]),
  ...inFile('lib/pool/state-line.ts', 'test/pool/state-file.ts', [
    ['a shortened file cannot be read', 'value.release === 0 || ', ''],
  ]),
  ...inFile('lib/pool/state-file.ts', 'test/pool/state-file.ts', [
    [
      'half a line stays where a disk is full',
      '      ftruncateSync(this.#fd, this.#size);\n      throw error instanceof',
      '      throw error instanceof',
    ],
    ['a flush that fails is none', "reject(this.#explain('cannot be flushed', error))", 'resolve()'],
    ['who waits meanwhile waits for ever', 'settle(error);\n      this.#flushNext();', 'settle(error);'],
    ['the latest number goes with a shorter file', '[{ release: lastId, ports: [], at: 0 }]', '[]'],
    [
      'a file is replaced while it is flushed',
      ' || this.#isFlushing) return;\n    // The release',
      ') return;\n    // The release',
    ],
    ['what a killed pool left is mixed in', ' | constants.O_TRUNC', ''],
    [
      'a file that was replaced meanwhile is written',
      'if (statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(fd).ino) return fd;',
      'return fd;',
    ],
    ['a relative path follows the folder of the process', 'this.path = resolve(path);', 'this.path = path;'],
  ]),
  ...inFile('lib/pool/choose.ts', 'test/pool/choose.ts', [
    [
      'more preferred ports are held than wanted',
      '      if (held.length === choice.count) return held;\n',
      '',
    ],
    ['a preferred port need be no candidate', 'if (candidates.has(port)) held.push', 'held.push'],
    [
      'preferred neighbours need be no candidates',
      'choice.prefer.filter((low) => lows.includes(low))',
      '[...choice.prefer]',
    ],
    ['a run that was tried is tried again', '  numbers[index] = last;\n', ''],
    [
      'every error is a lack of ports',
      'if (error instanceof NoFreePortError) return undefined;',
      'return undefined;',
    ],
  ]),
  ...inFile('lib/lease/lease.ts', 'test/lease/lease.ts', [
    [
      'a lease of which a part was released is lost in silence',
      'if (this.released) forgotten.unregister(this);',
      'forgotten.unregister(this);',
      'test/lease/lifetime.ts',
    ],
    ['each lost lease warns', '  if (hasWarned) return;\n', '', 'test/lease/lifetime.ts'],
    [
      'a socket that was given away stays held',
      '    this.#handle.take(transport);\n',
      '',
      'test/lease/listen.ts',
    ],
    ['a lease is for both transports', "transport = 'tcp', exclusive", "transport = 'both', exclusive"],
    [
      'a socket that Windows cannot pass on listens',
      '  activate(): number[] {\n    checkDescriptors();',
      '  activate(): number[] {',
    ],
    [
      'a lease whose socket was detached is lost',
      'take(transport));\n    this.#forgetIfOver();',
      'take(transport));',
      'test/lease/lifetime.ts',
    ],
    [
      'a lease whose socket was given away is lost',
      'take(transport);\n    this.#forgetIfOver();',
      'take(transport);',
      'test/lease/listen.ts',
    ],
    [
      'a datagram socket is given the socket of TCP',
      'this.#handle.descriptors(transport)',
      'this.#handle.descriptors()',
      'test/lease/listen.ts',
    ],
    [
      'an awaited lease is not exclusive',
      'pick(checkCount(count), options, checkHold(options))',
      'pick(checkCount(count), options, true)',
    ],
    ['an awaited lease takes two ports', 'await leaseMany(1, options)', 'await leaseMany(2, options)'],
    [
      'beside connections that linger no lease is exclusive',
      'checkHold(options), true)',
      'true, true)',
      'test/store/port-store-lease.ts',
    ],
    [
      'an exclusive lease of Windows binds beside its socket',
      " && HAND_OVER === 'beside'",
      '',
      'test/lease/listen.ts',
    ],
  ]),
  ...inFile('lib/lease/listen.ts', 'test/lease/listen.ts', [
    [
      'the socket of a worker of node:cluster is one of the primary',
      'fd: lease.detach(transport), exclusive: true',
      'fd: lease.detach(transport)',
    ],
    ['what has an address and listens is a server', "'once' in server && ", ''],
    ['an app that emits events is a server', " && 'address' in server", ''],
    ['a server whose signal was aborted before listens for a moment', '    signal?.throwIfAborted();\n', ''],
    ['a fitting socket is not handed over', "  if ('listen' in server) return true;\n", ''],
    ['a handle listens without the backlog', 'server.listen(handle, backlog)', 'server.listen(handle)'],
    [
      'every error of a datagram socket is a lack of reuseAddr',
      "if (!isInUse || transport === 'tcp') return error;",
      "if (transport === 'tcp') return error;",
      'test/lease/listen-datagrams.ts',
    ],
  ]),
  ...inFile('lib/lease/listen-exclusively.ts', 'test/lease/listen.ts', [
    ['a server that was refused ends the next one', '    separate();\n', ''],
    ['an exclusive server takes IPv4 too', 'others.ipv6Only === true || ', ''],
    [
      'a udp6 socket has no wildcard',
      "return family === 4 ? '0.0.0.0' : '::';",
      "return family === 4 ? '0.0.0.0' : '';",
      'test/lease/listen-datagrams.ts',
    ],
    [
      'a datagram socket that closes ends the TCP server',
      "  if (way !== 'held') return listening;\n",
      '',
      'test/lease/listen-datagrams.ts',
    ],
    [
      'who listens on another port is an intruder',
      'socket.port === port && socket.hasProcess',
      'socket.hasProcess',
      'test/lease/entering.ts',
    ],
  ]),
  ...inFile('lib/store/config-path.ts', 'test/store/config-path.ts', [
    ['a file that cannot be read is written', 'constants.W_OK | constants.R_OK', 'constants.W_OK'],
    ['a file is made in a folder that is closed', 'constants.W_OK | constants.X_OK', 'constants.X_OK'],
    [
      'the variable outweighs what was named',
      "named ?? process.env.PORT_FOR_CONFIG ?? ''",
      "process.env.PORT_FOR_CONFIG ?? named ?? ''",
    ],
  ]),
  ...inFile('lib/store/access-error.ts', 'test/store/access-error.ts', [
    [
      'the folder that was asked for is not told',
      "syscall === 'open' || path === undefined ? dirname(file) : path",
      'dirname(file)',
    ],
    ['an error of the program is one of the system', "!('syscall' in error) || ", ''],
  ]),
  ...inFile('lib/store/folder.ts', 'test/store/folder.ts', [
    [
      'the owner of a folder that was there changes',
      'if (!isNew || owner === undefined) return;',
      'if (owner === undefined) return;',
    ],
    [
      'an ordinary user gives files away',
      ' || process.geteuid?.() !== 0) return undefined;\n    const',
      ') return undefined;\n    const',
    ],
  ]),
  ...inFile('lib/store/config-file.ts', 'test/store/config-file.ts', [
    ['what is no file stays open', '  close(fd);\n  const code', '  const code'],
  ]),
  ...inFile('lib/store/declared-ports.ts', 'test/store/declared-ports.ts', [
    ['a hexadecimal number is a port', '/^\\d+$/.test(text) ? Number(text) : 0', 'Number(text)'],
  ]),
  ...inFile('lib/serve/port-server.ts', 'test/serve/port-server.ts', [
    ['a request that ends is answered twice', '      if (!isWhole) answer();', '      answer();'],
    ['ports of ended processes are taken', '    this.#grants.collect();\n    return {', '    return {'],
  ]),
  ...inFile('lib/stop/refusals.ts', 'test/stop/refusals.ts', [
    ['force is offered where it does not help', 'refusal ?? courtesy ?? []', 'courtesy ?? refusal ?? []'],
    [
      'only the first process of a socket is looked at',
      '.map((info) => refuseProcess(use, info)).find(Boolean)',
      '.map((info) => refuseProcess(use, info))[0]',
    ],
  ]),
  ...inFile('lib/stop/stop-listener.ts', 'test/stop/stop-listener.ts', [
    ['a connection is a listener', '.filter((use) => socketsOf(use).length > 0)', ''],
    [
      'a process is told again and again',
      'if (this.#mayGoOn(signal)) this.#signalNext(signal);',
      'this.#signalNext(signal);',
    ],
    ['who is told has three seconds', "if (signal === 'SIGKILL') endAt", 'endAt'],
    ['children are told with their parent', "signal === 'SIGKILL' ? mine : [main]", 'mine'],
    [
      'a child that got the socket later took the port',
      ' || parents.some((parent) => this.#allowed.has(parent.pid))',
      '',
    ],
    [
      'the last wait cannot be ended',
      'await setTimeout(LONGEST_REST, undefined, { signal: this.#signal });',
      'await setTimeout(LONGEST_REST);',
    ],
  ]),
  ...inFile('lib/scan/scan.ts', 'test/scan/findings.ts', [
    [
      'what the first step found denied is forgotten',
      'this.#denied.union(PortSet.fromBits(bits.denied))',
      'PortSet.fromBits(bits.denied)',
    ],
    ['a used port is denied too', 'this.#denied.difference(this.#used)', 'this.#denied'],
    [
      'a port that answered later is unreachable',
      'this.#unreachable.intersection(filtered)',
      'this.#unreachable',
    ],
  ]),
  ...inFile('lib/scan/step.ts', 'test/scan/scan.ts', [
    [
      'nothing is kept of an aborted scan',
      'keepPartial ? job.cancel() : stop(signal.reason)',
      'stop(signal.reason)',
    ],
  ]),
  ...inFile('lib/scan/plan.ts', 'test/scan/plan.ts', [
    ['a scan of UDP asks TCP', 'transports: [wish.transport]', "transports: ['tcp']"],
  ]),
  ...inFile('lib/pick/order.ts', 'test/pick/order.ts', [
    ['ports that may not be bound do not count', '    this.pick.denied += denied;\n', ''],
    [
      'what was held before a fault stays held',
      'found.add(await pickOne(found.requestFor(port)));\n    }\n    return found.end();\n  } catch (error) {\n    letGo(found.pick);',
      'found.add(await pickOne(found.requestFor(port)));\n    }\n    return found.end();\n  } catch (error) {',
    ],
  ]),
  ...inFile('lib/pick/errors.ts', 'test/pick/errors.ts', [
    ['of three ports nobody says who has them', 'tried <= FEW', 'tried < FEW'],
    ['who may not bind a port is told that it is in use', 'denied + reserved === 0', 'denied >= 0'],
  ]),
  ...inFile('lib/store/replace-file.ts', 'test/store/replace-file.ts', [
    [
      'others read a new file before it has its mode',
      'writeNew(folder, fresh, 0o600, content, original)',
      'writeNew(folder, fresh, 0o644, content, original)',
    ],
    [
      'the owner of a new file is set after the flush',
      '    if (like !== undefined) makeLike(fd, like);\n    fsyncSync(fd);',
      '    fsyncSync(fd);\n    if (like !== undefined) makeLike(fd, like);',
    ],
    ['a group that differs alone is lost', 'own.uid !== uid || own.gid !== gid', 'own.uid !== uid'],
    ['a file that Windows keeps is tried for ever', ' || now() > end) throw', ') throw'],
    ['a new file stays open', '    closeFile(fd);\n  }\n}\n\n/** Whose', '  }\n}\n\n/** Whose'],
  ]),
  ...inFile('lib/store/rewrite-in-place.ts', 'test/store/rewrite-in-place.ts', [
    [
      'the old content is put back and not flushed',
      '    ftruncateSync(fd, before.length);\n    fsyncSync(fd);\n    throw error',
      '    ftruncateSync(fd, before.length);\n    throw error',
    ],
    [
      'the work of a killed writer is cut off before it is on the disk',
      '  writeAll(fd, content, 0);\n  fsyncSync(fd);\n',
      '  writeAll(fd, content, 0);\n',
    ],
    ['a short write goes to the wrong place', 'position + written)', 'position)'],
  ]),
  ...inFile('lib/store/locked-file.ts', 'test/store/locked-file.ts', [
    [
      'a writer without a gate is not let finish',
      "    if (!addon.tryLockContent(fd, false)) return 'locked';\n    const isHeld",
      '    const isHeld',
    ],
    [
      'who keeps writers off is an error',
      "if (hasCode(error, ['EAGAIN', 'EWOULDBLOCK'])) return 'held off';",
      '',
    ],
    [
      'half a line is rewritten in place',
      "    const content = readSettled(fd, watch);\n    if (content === undefined) return 'written';",
      '    const content = readToEnd(fd);',
    ],
    ['the folder of a file stays open', '  } finally {\n    folder.close();\n  }', '  } finally {\n  }'],
    ['an error of the decision is one of a lock', ' || !LOCK_CALLS.includes(error.syscall)', ''],
  ]),
  ...inFile('lib/store/gate.ts', 'test/store/gate.ts', [
    ['everybody may open a gate for a moment', 'folder.create(gate, 0o600)', 'folder.create(gate, 0o644)'],
    [
      'a member of a group makes a gate for itself alone',
      'if (!tryChown(fd, config.uid, config.gid) && !isOwner) tryChown(fd, gate.uid, config.gid);',
      'tryChown(fd, config.uid, config.gid);',
    ],
  ]),
  ...inFile('lib/store/watch.ts', 'test/store/watch.ts', [
    ['a glance is a tenth of one', 'const GLANCE = 100;', 'const GLANCE = 10;'],
    ['half a line from the future is never believed', 'observed >= LONG_REST || (age', '(age'],
  ]),
  ...inFile('lib/wait/hang-up.ts', 'test/wait/hang-up-steps.ts', [
    ['a near attempt keeps the process alive', 'NEAR_ANSWER).unref()', 'NEAR_ANSWER)'],
    ['a refused attempt leaves a timer', "  socket.once('close', () => clearTimeout(timer));\n", ''],
    ['a newcomer is let in before those who wait', 'queue.size === 0 && hasRoom()', 'hasRoom()'],
    ['who waits is let in where there is no room', 'start !== undefined && hasRoom()', 'start !== undefined'],
  ]),
  ...inFile('lib/wait/attempt.ts', 'test/wait/attempt-steps.ts', [
    [
      'attempts do not wait for room',
      'return whenRoom(() => begin(place, limit, done, demands));',
      'return begin(place, limit, done, demands);',
    ],
    [
      'a connection that met itself keeps servers off its port',
      'if (answer === MET_ITSELF) socket.resetAndDestroy();',
      'if (answer === MET_ITSELF) hangUp(socket);',
    ],
  ]),
  ...inFile('lib/wait/http-attempt.ts', 'test/wait/http-attempt.ts', [
    ['the connection of a redirect is left open', 'if (request?.socket) hangUp(request.socket);', ''],
    ['a redirect to nobody means that nobody is there', 'isFirst && !isConnected', '!isConnected'],
    ['an answer comes before the call returns', 'setImmediate(lose, error', 'lose(error'],
  ]),
  ...inFile('lib/wait/pulse.ts', 'test/wait/pulse.ts', [
    ['the end of a try makes no room', 'this.wake(this.isFull ? 0 : at)', 'this.wake(at)'],
    [
      'a try is put off by one that is due later',
      '} else if (at < this.wakeAt) this.schedule',
      '} else this.schedule',
    ],
    ['the last endpoint alone is waited for', 'next = Math.min(next, endpoint.due);', 'next = endpoint.due;'],
    ['what nobody waits for is kept', '      this.watched.delete(endpoint.number);\n', ''],
    ['a table that is not there is asked for again', 'watch ?? null', 'watch'],
    ['a state is a number of the watch', 'index += 2', 'index += 1'],
    ['where the table says nothing, nobody listens', 'state === -1 ? undefined : state === 1', 'state === 1'],
  ]),
  ...inFile('lib/wait/pace.ts', 'test/wait/pace.ts', [
    ['tries take all descriptors', 'MOST_UNDER_WAY = 256', 'MOST_UNDER_WAY = 2560'],
  ]),
  ...inFile('lib/wait/waiting.ts', 'test/wait/waiting.ts', [
    ['a wait that has ended is judged', '      pending.clear();\n', ''],
  ]),
  ...inFile('lib/wait/options.ts', 'test/wait/options.ts', [
    ['a wait for free asks by HTTP', "isHttp && state === 'occupied'", 'isHttp'],
    ['without targets every option is useless', 'kinds.size === 0 || ', ''],
    [
      'certificates of plain targets are taken in silence',
      "['insecure', 'ca', 'servername']",
      "['insecure', 'servername']",
    ],
    [
      'only the first certificate is read',
      'for (const block of blocks) checkCertificate(block);',
      'for (const block of blocks.slice(0, 1)) checkCertificate(block);',
    ],
    ['a certificate of OpenSSL is none', '(?:X509 |TRUSTED )?', ''],
    ['any object with an exit code is a process', "'pid' in process && ", ''],
  ]),
  ...inFile('lib/wait/endpoint.ts', 'test/wait/endpoint.ts', [
    ['the table is asked about ports elsewhere', 'this.spot.isInTable && this.last', 'this.last'],
    [
      'a newcomer is as patient as the wait before',
      '    this.since = now;\n    this.hurry(now);\n  }\n\n  unsub',
      '    this.hurry(now);\n  }\n\n  unsub',
    ],
    ['a server that is not ready is news', " || this.last?.verdict === 'unready'", ''],
    ['a try has run since the process began', '    this.startedAt = now;\n', ''],
    [
      'another machine is asked as often as this one',
      'this.spot.isLocal, answer.verdict',
      'true, answer.verdict',
    ],
    [
      'a port is asked as often though the table knows it',
      'answer.verdict, this.listening)',
      'answer.verdict, undefined)',
    ],
  ]),
  ...inFile('lib/wait/target.ts', 'test/wait/target.ts', [
    [
      'a port that is none is told without its URL',
      'checkPort(portOf(url), ',
      'checkPort(portOf(url), "" && ',
    ],
  ]),
  ...inFile('lib/wait/checker.ts', 'test/wait/checker.ts', [
    [
      'a lack of descriptors makes a port free',
      "      else if (verdict === 'unknown') end(() => reject(connectError(reason)));\n",
      '',
    ],
    ['a port is free when its first address is', 'let left = spots.length;', 'let left = 1;'],
  ]),
  ...inFile('lib/wait/waiting.ts', 'test/wait/waiting.ts', [
    [
      'the timer of what is owed is not stopped',
      'if (owed > 0) stopTimer = startTimer',
      'if (owed > 0) startTimer',
    ],
    [
      'one target that is owed nothing ends the wait of all',
      'Math.max(0, ...[...pending].map',
      'Math.min(...[...pending].map',
    ],
    [
      'waits stay open when a later target cannot be waited for',
      '      fail(error);\n      return;',
      '      reject(error);\n      return;',
    ],
    [
      'the trouble of the first target alone is told',
      'waits.find((wait) => wait.trouble !== undefined)?.trouble',
      'waits[0]?.trouble',
    ],
  ]),
  ...inFile('lib/wait/pace.ts', 'test/wait/pace.ts', [
    [
      'a server that is not ready is asked as seldom as one elsewhere',
      'isLocal ? UNREADY.local : UNREADY.remote',
      'UNREADY.remote',
    ],
    [
      'names that do not resolve are looked up each minute',
      'failed: { least: 20, share: 1 / 8, most: 1000 }',
      'failed: { least: 20, share: 1 / 8, most: 60_000 }',
    ],
  ]),
  ...inFile('lib/wait/watch-process.ts', 'test/wait/watch-process.ts', [
    ['a process of another user has ended', "!== 'ESRCH'", '=== undefined'],
    ['a process is looked for after its end', '    clearInterval(timer);\n    tell();', '    tell();'],
    ['a core dump is another signal', 'status & 0x7f', 'status & 0xff'],
  ]),
];
