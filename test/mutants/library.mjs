import { inFile } from './in-file.mjs';

/** @type {import('./index.mjs').Mutant[]} */
export const LIBRARY = [
  ...inFile('lib/pick/judged-pick.ts', 'test/pick/pick.ts', [
    [
      'ports good for either transport are picked for both',
      'ports.intersection(usualGoodPorts(transport))',
      'ports.union(usualGoodPorts(transport))',
    ],
    ['fewer ports than wanted are no error', 'if (pick.ports.length === count) return pick;', 'return pick;'],
    ['exclusions are ignored', "named.difference(toPortSet(exclude, 'exclude'))", 'named'],
    ['an aborted pick goes on behind the scenes', '    job.cancel();\n', ''],
    [
      'what an aborted lease held by then stays held',
      'job.result.then(letGo, () => {});',
      'job.result.catch(() => {});',
      'test/lease/lifetime.ts',
    ],
  ]),
  ...inFile('lib/pick/order.ts', 'test/pick/order.ts', [
    ['too few ports in order stay held', 'if (!this.isWhole) letGo(this.pick);', ''],
    [
      'a port that is listed twice is asked twice',
      "[...new Set(portsInOrder(ports, 'ports'))]",
      "[...portsInOrder(ports, 'ports')]",
    ],
    [
      'more ports than wanted are taken',
      '      if (found.isWhole) break;\n      found.add(pickOne(',
      '      found.add(pickOne(',
    ],
  ]),
  ...inFile('lib/store/replace-file.ts', 'test/store/replace-file.ts', [
    [
      'the folder is not flushed after a rename',
      "return 'refused';\n    throw error;\n  }\n  folder.flush();",
      "return 'refused';\n    throw error;\n  }",
    ],
    [
      'the folder is not flushed after a file was made',
      '    removeQuietly(folder, fresh);\n  }\n  folder.flush();',
      '    removeQuietly(folder, fresh);\n  }',
    ],
    ['a new file is not flushed before the rename', '    fsyncSync(fd);\n', ''],
    ['a file with further hard links is replaced', "if (original.nlink > 1n) return 'refused';", ''],
    [
      'a change at the last moment is overwritten',
      'while (isUnchanged()) {',
      'while (true) {',
      'test/store/locked-file.ts',
      'test/store/replace-file.ts',
    ],
    [
      'a replacement that came late leaves its file',
      "folder.remove(fresh);\n      return 'late';",
      "return 'late';",
    ],
    ['the mode is not kept', 'if (mode !== undefined) fchmodSync(fd, Number(mode) & 0o7777);', ''],
  ]),
  ...inFile('lib/store/rewrite-in-place.ts', 'test/store/rewrite-in-place.ts', [
    [
      'the last step is not flushed',
      'ftruncateSync(fd, content.length);\n  fsyncSync(fd);\n}\n\n/** Does',
      'ftruncateSync(fd, content.length);\n}\n\n/** Does',
    ],
    [
      'the journal is not flushed before the bytes change',
      'before.length);\n    fsyncSync(fd);\n  } catch (error) {\n    ftruncateSync(fd, before.length);',
      'before.length);\n  } catch (error) {\n    ftruncateSync(fd, before.length);',
    ],
    [
      'the old content is not put back where a step fails',
      '    writeAll(fd, before, 0);\n    ftruncateSync',
      '    ftruncateSync',
    ],
    [
      'the new bytes are not flushed before the journal goes',
      "'\\n')]), start);\n    fsyncSync(fd);",
      "'\\n')]), start);",
    ],
  ]),
  ...inFile('lib/store/lock-wait.ts', 'test/store/lock-wait.ts', [
    [
      'a writer waits a thousand times too long',
      'Number(now - this.#begin) / 1e6',
      'Number(now - this.#begin) / 1e9',
    ],
  ]),
  ...inFile('lib/store/gate.ts', 'test/store/gate.ts', [
    ['a lock file that was removed meanwhile is believed', 'if (!isKept) continue;', ''],
    [
      'whoever may only read the file can lock it',
      'const mode = 0o600 | writers | (writers << 1);',
      'const mode = 0o666;',
    ],
    [
      'group writers cannot open the lock file',
      'admitWriters(fd, folder.stat(name) ?? newFileOf(folder));',
      '',
    ],
    ['what a killed writer left stays', "removeLeftover(folder, besideName(name, 'new'));", ''],
  ]),
  ...inFile('lib/store/locked-file.ts', 'test/store/locked-file.ts', [
    ['a file that may only be read is replaced', "if (!canWrite(folder, name)) return 'locked';", ''],
    [
      'a file that somebody has open for writing is believed',
      "if (isHeld === false) return 'written';",
      '',
      'test/store/locked-file.ts',
      'test/store/beside-python.ts',
    ],
    [
      'a writer that came in during the decision is overwritten',
      '(!isHeld || addon.areWritersHeldOff(fd))',
      'true',
    ],
    [
      'a file that was swapped before the reading is rewritten where it was',
      "if (!folder.has(name, before)) return 'locked';\n    checkLinks",
      'checkLinks',
    ],
    [
      'a file that was swapped or changed after the decision is written over',
      'return isSo && folder.has(name, before);',
      'return true;',
    ],
    ['what was changed after the decision is rewritten in place', "if (!isSo) return 'written';", ''],
    [
      'root rewrites a file with further hard links in place',
      'checkLinks(folder, name, before);\n    const content',
      'const content',
    ],
    [
      'root rewrites a file with further hard links that it may not replace',
      'checkLinks(folder, name, before);\n  const fd',
      'const fd',
    ],
  ]),
  ...inFile('lib/store/config-file.ts', 'test/store/config-file.ts', [
    [
      'a file under way is read as whole',
      'return watch.isSettled(before, after, content) ? content : undefined;',
      'return content;',
      'test/store/config-file.ts',
      'test/store/beside-python.ts',
    ],
    [
      'the kernel is not asked whether somebody writes',
      ' ?? readHeldStill(fd)',
      '',
      'test/store/config-file.ts',
      'test/store/port-store.ts',
      'test/store/beside-python.ts',
    ],
    [
      'readers do not do what a journal says',
      'content === undefined ? undefined : settle(content)',
      'content',
      'test/store/rewrite-in-place.ts',
      'test/store/config-file.ts',
    ],
    ['a pipe in the place of the file blocks the reader', 'flags | (constants.O_NONBLOCK ?? 0)', 'flags'],
  ]),
  ...inFile('lib/store/watch.ts', 'test/store/watch.ts', [
    ['an empty file is believed at once', 'if (content.at(-1) !== LINE_FEED)', 'if (content.length < 0)'],
    ['a file whose looks changed during the reading is believed', 'describe(before) !== looks || ', ''],
    [
      'only the clock of the machine counts',
      'return age >= SHORT_REST || observed >= SHORT_REST;',
      'return age >= SHORT_REST;',
    ],
  ]),
  ...inFile('lib/store/names.ts', 'test/store/port-store.ts', [
    [
      'nobody looks for the name again under the lock',
      '    if (bound !== undefined) return { result: bound };\n    const port',
      '    const port',
      'test/store/port-store.ts',
      'test/cli/port-for-concurrent.ts',
      'test/store/threads.ts',
    ],
    [
      'ports of other checkouts are given again',
      'this.all(config).map(({ port }) => port)',
      'portsOf(config, this.#section).values()',
      'test/store/port-store-project.ts',
    ],
    [
      'a name is given the port of another one',
      '    this.#checkUnowned(config, name, port);\n    return undefined;',
      '    return undefined;',
    ],
    [
      'a name is moved to the port of another one',
      'if (wanted !== undefined) this.#checkUnowned(config, name, wanted);',
      '',
    ],
    [
      "a machine's file that may not be read is an error",
      'if (error instanceof ConfigAccessError) return EMPTY;',
      '',
      'test/store/names.ts',
      'test/cli/port-for-places.ts',
      'test/cli/port-for-first-use.ts',
    ],
    [
      'what .ports prefers is ignored',
      'declaredPorts(this.folder).get(wish.name)',
      'undefined',
      'test/store/port-store-project.ts',
    ],
    [
      'the name of a checkout is taken for the same name of another',
      'one.name === name && one.folder === this.folder',
      'one.name === name',
      'test/store/port-store-project.ts',
    ],
  ]),
  ...inFile('lib/store/port-store.ts', 'test/store/port-store-lease.ts', [
    [
      'a hold stays where writing fails',
      'await this.#bindPort(wish));\n    } catch (error) {\n      hold.release();',
      'await this.#bindPort(wish));\n    } catch (error) {',
    ],
    [
      'a hold stays where writing fails at once',
      'this.#bindPortSync(wish));\n    } catch (error) {\n      hold.release();',
      'this.#bindPortSync(wish));\n    } catch (error) {',
    ],
  ]),
  ...inFile('lib/store/named-hold.ts', 'test/store/named-hold.ts', [
    [
      'a port that was held for nothing stays held',
      '    this.release();\n    return undefined;',
      '    return undefined;',
    ],
    [
      'each new decision leaves a port held',
      '    this.release();\n    this.#held = leaseSync',
      '    this.#held = leaseSync',
    ],
  ]),
  ...inFile('lib/store/config-text.ts', 'test/store/config-text.ts', [
    [
      'a line is added to one without an end',
      "if (above !== undefined && endOf(above) === '') lines[index - 1] = above + eol;",
      '',
    ],
    [
      'continuation lines of a changed value stay',
      'lines.filter((_, index) => !rest.includes(index))',
      'lines',
    ],
    ['port 0 is a port', 'port >= 1 && port <= MAX_PORT', 'port >= 0 && port <= MAX_PORT'],
    ['a new association continues the one above', 'indent: last.indent', "indent: ' '.concat(last.indent)"],
  ]),
  ...inFile('lib/store/plain-config.ts', 'test/store/plain-config.ts', [
    ['a name may stand twice', 'port > MAX_PORT || current.ports.has(name)', 'port > MAX_PORT'],
    [
      'a section may stand twice',
      'if (known !== undefined && section !== DEFAULT_SECTION) return undefined;',
      '',
    ],
  ]),
  ...inFile('lib/store/etcd/client.ts', 'test/store/etcd/client.ts', [
    [
      'a member of another cluster is believed',
      'if (cluster === undefined || cluster === this.#cluster) return body;',
      'return body;',
    ],
    ['a change whose answer was lost counts as not done', "isUnsure ||= body.kind === 'lost';", ''],
    ['a silent member is waited for until no time is left', 'Math.min(left, patience)', 'left'],
    ['a member that fails is asked again', '(at + 1) % this.#place.hosts.length', 'at'],
  ]),
  ...inFile('lib/store/etcd/record.ts', 'test/store/etcd/record.ts', [
    [
      'a change that was done is decided on anew',
      'if (unsure !== undefined && isDone(unsure.change, view)) return unsure.result;',
      '',
      'test/store/etcd/client.ts',
    ],
    [
      'a key that somebody else changed is written over',
      'compare: [...change.keys()].map(',
      'compare: [...change.keys()].slice(2).map(',
    ],
    [
      'pages of two moments are put together',
      ', revision: question.revision ?? header.revision };',
      ' };',
      'test/store/etcd/client.ts',
    ],
    ['names beyond the first page are not seen', 'if (more !== true || last === undefined) break;', 'break;'],
  ]),
  ...inFile('lib/store/etcd/place.ts', 'test/store/etcd/place.ts', [
    ['port 65536 is a port', 'port <= 65_535', 'port <= 65_536'],
  ]),
  ...inFile('lib/lease/exact.ts', 'test/store/port-store-lease.ts', [
    [
      'two hold one port that only closed connections have',
      'isAlone = countOpen(held.port) === countSockets(place);',
      'isAlone = true;',
    ],
    ['a port whose owner is not alone stays held', '    if (!isAlone) held.release();\n', ''],
  ]),
  ...inFile('lib/wait/attempt.ts', 'test/wait/attempt.ts', [
    [
      'a connection that met itself leaves TIME_WAIT',
      'if (answer === MET_ITSELF) socket.resetAndDestroy();',
      'if (answer === MET_ITSELF) hangUp(socket);',
      'test/network/waits.ts',
    ],
    [
      'a losing attempt is destroyed',
      'else if (isBegun) hangUp(',
      'else if (connectedAt !== undefined) hangUp(',
      'test/network/polite-waits.ts',
    ],
    ['a server that resets counts as none', "if (code === 'ECONNRESET') return READY;", ''],
    [
      'a lack of descriptors makes no room',
      "if (code === 'EMFILE') makeRoom();",
      '',
      'test/wait/attempt-steps.ts',
    ],
    [
      'a steady server is believed at once',
      'if (steady === 0) return settle(READY);',
      'return settle(READY);',
      'test/wait/attempt.ts',
      'test/wait/wait.ts',
    ],
    [
      'an attempt never times out',
      'let timer = setTimeout(giveUp, Math.min(Math.max(limit, 0), LONGEST_DELAY));',
      'let timer = setTimeout(giveUp, LONGEST_DELAY);',
      'test/wait/attempt.ts',
      'test/network/waits.ts',
    ],
  ]),
  ...inFile('lib/wait/hang-up.ts', 'test/network/polite-waits.ts', [
    ['what the server says is not read', 'socket.end().resume()', 'socket.end()', 'test/wait/hang-up.ts'],
    [
      'no attempt waits for room',
      'if (endings.size < MANY) return true;',
      'if (endings.size >= 0) return true;',
      'test/wait/hang-up-steps.ts',
    ],
    [
      'attempts that wait are begun by ends alone',
      'queueTimer = setTimeout(admitNext, 1);',
      'queueTimer = undefined;',
      'test/wait/hang-up-steps.ts',
    ],
    ['process.exit() resets', "if (endings.size === 0) process.on('exit', hangUpAll);", ''],
  ]),
  ...inFile('lib/wait/checker.ts', 'test/wait/checker.ts', [
    ['the other attempts are not cancelled', 'for (const { cancel } of attempts) cancel();', ''],
    [
      'a listener whose backlog is full counts as none',
      "(verdict === 'silent' && isListening(address, port) === true)",
      'false',
      'test/wait/checker.ts',
      'test/network/waits.ts',
    ],
  ]),
  ...inFile('lib/wait/pulse.ts', 'test/wait/pulse.ts', [
    ['any number of attempts is under way', 'else if (room === 0) this.isFull = true;', ''],
    ['tries cost what they like', 'if (this.left < 1) return false;', ''],
  ]),
  ...inFile('lib/wait/waiting.ts', 'test/wait/wait.ts', [
    ['the abort listener stays after a wait', '      stopListening?.();\n', ''],
    [
      'a silent port is not free when the time is up',
      'for (const wait of [...pending]) if (wait.isQuiet) onDone(wait);',
      '',
      'test/wait/wait.ts',
      'test/network/waits.ts',
    ],
    [
      'an aborted signal is heard only if it is aborted later',
      'if (signal?.aborted) {',
      'if (signal?.aborted && timeout < 0) {',
    ],
  ]),
  ...inFile('lib/wait/target-wait.ts', 'test/wait/wait.ts', [
    [
      'a server that moves between two addresses is free in between',
      'if (wasOpen && !view.isOpen) this.askOthersAfresh(view);',
      '',
      'test/wait/wait.ts',
      'test/wait/names.ts',
      'test/network/waits.ts',
    ],
    [
      'a connection that a busy process found late need not last',
      'this.steady > 0 ? this.endpoint.lastingFor(now) : undefined',
      'undefined as number | undefined',
    ],
  ]),
  ...inFile('lib/wait/http-attempt.ts', 'test/wait/http-attempt.ts', [
    [
      'private headers go to another origin',
      'isSameOrigin || !PRIVATE_HEADERS.has(name.toLowerCase())',
      'name !== isSameOrigin.toString()',
    ],
    ['redirects are followed for ever', 'redirects === MOST_REDIRECTS', 'redirects < 0'],
    [
      'a server that speaks no HTTP is reset',
      '      destroyPolitely(socket);\n',
      '',
      'test/network/polite-waits.ts',
    ],
    ['any status will do', 'if (demands.accepts(statusCode)) return settle(READY);', 'return settle(READY);'],
  ]),
  ...inFile('lib/host/resolve.ts', 'test/host/resolve.ts', [
    [
      'names have addresses of IPv4 alone',
      '{ all: true }',
      '{ all: true, family: 4 }',
      'test/host/resolve.ts',
      'test/network/hosts-file.ts',
    ],
    [
      'an address that a hosts file names twice is bound twice',
      '[...new Set(found.map(',
      '[...(found.map(',
      'test/network/hosts-file.ts',
      'test/host/resolve.ts',
    ],
  ]),
  ...inFile('lib/timing/abort.ts', 'test/timing/abort.ts', [
    ['a signal that was aborted before is not heard', 'if (signal.aborted) abort();', ''],
    ['the event listener stays', "signal.removeEventListener('abort', ringAll);", ''],
    ['whoever withdrew is called', '    all.delete(listener);\n    if (all.size > 0', '    if (all.size > 1'],
    ['work that ended leaves its listener', 'work.finally(stopListening).then(', 'work.then('],
  ]),
  ...inFile('lib/scan/scan.ts', 'test/scan/scan.ts', [
    [
      'a denied port is filtered too',
      'this.#filtered.difference(this.#used).difference(denied)',
      'this.#filtered.difference(this.#used)',
      'test/network/scan-conditions.ts',
    ],
    [
      'one address where a port is free is enough',
      'this.#free?.intersection(free) ?? free',
      'this.#free?.union(free) ?? free',
      'test/scan/scan.ts',
      'test/network/scan-agreement.ts',
    ],
    [
      'a missing table shows no used port',
      "if (bits === undefined && step.method === 'table') throw noTable();",
      '',
      'test/scan/scan.ts',
      'test/network/no-netlink.ts',
    ],
  ]),
  ...inFile('lib/scan/step.ts', 'test/network/scan-endings.ts', [
    ['an aborted scan goes on', '      job.cancel();\n      finish();', '      finish();'],
  ]),
  ...inFile('lib/scan/plan.ts', 'test/scan/plan.ts', [
    [
      'addresses without a way to them are asked',
      'return reachable.length === 0 ? addresses : reachable;',
      'return addresses.length < 0 ? reachable : addresses;',
      'test/scan/plan.ts',
      'test/network/scan-remote.ts',
      'test/network/scan-conditions.ts',
    ],
    [
      'datagram ports are connected to',
      "if (transport === 'udp') return 'bind';",
      '',
      'test/scan/plan.ts',
      'test/scan/scan.ts',
    ],
  ]),
  ...inFile('lib/registry/good-ports.ts', 'test/registry/good-ports.ts', [
    [
      'reserved ports are good',
      ', ...kernel.reservedRanges, ',
      ', ',
      'test/registry/good-ports.ts',
      'test/network/ephemeral-range.ts',
    ],
    ['ephemeral ports are good', '[SYSTEM_PORTS, ...kernel.ephemeralRanges, ', '[SYSTEM_PORTS, '],
    ['the border does not tell one remembered set from another', '{border}`', '{minRangeLength}`'],
  ]),
  ...inFile('lib/ports/port-runs.ts', 'test/ports/port-runs.ts', [
    ['a run keeps its lower border', 'low: low + border', 'low: low + 0 * border'],
    [
      'a run must be one longer',
      'runs.filter(({ low, high }) => high - low >= ',
      'runs.filter(({ low, high }) => high - low > ',
    ],
    ['a range keeps a port of what is taken from it', 'high: other.low - 1', 'high: other.low'],
  ]),
  ...inFile('lib/ports/port-set.ts', 'test/ports/port-set.ts', [
    ['port 0 gets into a set', '  own[0] = (own[0] ?? 0) & ~1;\n', ''],
    ['the bitmap of a set is given away', 'return ownBits(this).slice();', 'return ownBits(this);'],
  ]),
  ...inFile('lib/who/who-has.ts', 'test/who/who-has.ts', [
    ['ports in descending order', 'a.port - b.port', 'b.port - a.port'],
    ['connections of a listener hold its port', '!listening.has(socket.port) || isOwn(socket)', 'true'],
  ]),
  ...inFile('lib/who/exposure.ts', 'test/who/who-has.ts', [
    [
      'a loopback address is open to others',
      "'this machine' : 'one address'",
      "'one address' : 'this machine'",
    ],
  ]),
  ...inFile('lib/machine/port-owners.ts', 'test/machine/port-owners.ts', [
    [
      'clients before the server',
      'Number(right.listens) - Number(left.listens)',
      'Number(left.listens) - Number(right.listens)',
    ],
  ]),
  ...inFile('lib/machine/clients.ts', 'test/who/who-has.ts', [
    [
      'connections without a process count as clients',
      '(HALF_CLOSED.includes(state) && hasProcess)',
      'HALF_CLOSED.includes(state)',
      'test/machine/clients.ts',
      'test/who/who-has.ts',
      'test/network/who-agreement.ts',
      'test/machine/used-sockets.ts',
    ],
  ]),
  ...inFile('lib/stop/stop-listener.ts', 'test/stop/stop-listener.ts', [
    [
      'whoever has the port now is stopped',
      'const isMine = this.#allowed.has(pid) ||',
      'const isMine = pid > 0 ||',
    ],
    ['a service that is started again is not seen', '    await stop.checkStaysFree();\n', ''],
    ['nobody is killed', "if (now >= killAt) signal = 'SIGKILL';", ''],
    ['a dry run stops', '  if (dryRun) {', '  if (dryRun && timeout < 0) {'],
  ]),
  ...inFile('lib/stop/refusals.ts', 'test/stop/stop-listener.ts', [
    ['a command stops itself', 'if (ownProcesses().has(info.pid)) {', 'if (info.pid < 0) {'],
    [
      'a lease is stopped without being asked to',
      "if (socket.state === 'bound') {",
      "if (socket.state === 'closing') {",
    ],
    [
      'a server of another checkout is stopped',
      'info.checkout !== here) {',
      'info.checkout === undefined) {',
      'test/stop/stop-listener.ts',
      'test/cli/port-for-stop.ts',
    ],
  ]),
  ...inFile('lib/pool/pool.ts', 'test/pool/pool.ts', [
    [
      'released ports do not cool off',
      'reservation.leases.get(port)?.release();\n      this.#unavailable.release(port, at);',
      'reservation.leases.get(port)?.release();',
    ],
    ['released ports stay held', '      reservation.leases.get(port)?.release();\n', ''],
    [
      'ports stay held where the state cannot be written',
      '      for (const lease of leases) lease.release();\n      throw error;',
      '      throw error;',
      'test/pool/state-file.ts',
    ],
    ['numbers begin anew after a restart', 'this.#lastId = lastId;', '', 'test/pool/state-file.ts'],
    [
      'a reservation outlives its process',
      "this.#counts.expired++;\n        this.emit('expired', reservation);",
      "this.emit('expired', reservation);",
    ],
  ]),
  ...inFile('lib/pool/state-file.ts', 'test/pool/state-file.ts', [
    [
      'half a line stays',
      'ftruncateSync(this.#fd, this.#size);\n    }\n    return state;',
      '}\n    return {',
    ],
    [
      'a file that no pool wrote is cut off',
      "if (!isTorn(bytes.toString('utf8', this.#size))) throw this.#isNoState(lines.length + 1);",
      '',
    ],
    ['two pools share a file', 'if (!addon.tryLock(fd)) {', 'if (!addon.tryLock(fd) && flags < 0) {'],
    ['the file only grows', 'if (this.#size < 2 * content.length) return;', 'if (this.#size > 0) return;'],
  ]),
  ...inFile('lib/pool/choose.ts', 'test/pool/pool.ts', [
    [
      'preferred ports stay held where the others are missing',
      '    for (const lease of held) lease.release();\n    throw error;',
      '    throw error;',
    ],
    ['contiguous ports are not', 'first + count - 1 <= high', 'first <= high'],
  ]),
  ...inFile('lib/serve/port-server.ts', 'test/serve/port-server.ts', [
    ['the first process gets a port', 'Number(text) > 1 ?', 'Number(text) >= 0 ?'],
    [
      'a port whose UDP part is used is granted',
      "{ ports, transport: 'both' }",
      "{ ports, transport: 'tcp' }",
    ],
    [
      'ports of processes that ended are not granted again',
      'this.#grants.collect() ? this.#pickFor(owner) : undefined',
      'undefined',
    ],
    [
      'a client without end is listened to',
      "text.includes('\\n') || text.length > LONGEST_REQUEST",
      "text.includes('\\n')",
    ],
  ]),
  ...inFile('lib/cli/commands/temp.ts', 'test/cli/port-for-temp.ts', [
    [
      'ports of names are temporary ones',
      'const exclude = await namedPorts(values);',
      'const exclude: number[] = [];',
    ],
  ]),
  ...inFile('lib/cli/print.ts', 'test/cli/print.ts', [
    [
      'what a full pipe did not take is lost',
      "if (code === 'EAGAIN') process.stdout.write(rest);",
      "if (code === 'EAGAIN') return;",
    ],
    ['a reader that has gone is a failure', "else if (code !== 'EPIPE') {", 'else {'],
  ]),
  ...inFile('lib/cli/commands/who.ts', 'test/cli/port-for-who.ts', [
    ['nobody is somebody', 'uses.length === 0 ? EXIT.nobody : EXIT.done', 'EXIT.done'],
  ]),
  ...inFile('lib/cli/run.ts', 'test/cli/run.ts', [
    [
      'invalid arguments end with 1',
      'return EXIT.usage;',
      'return EXIT.failed;',
      'test/cli/run.ts',
      'test/cli/port-for-refusals.ts',
    ],
    [
      'an error moves the cursor',
      "return plain(message.replace(/\\s*\\n\\s*/g, ' '));",
      "return message.replace(/\\s*\\n\\s*/g, ' ');",
      'test/cli/run.ts',
      'test/cli/port-for-refusals.ts',
      'test/cli/port-for.ts',
    ],
  ]),
];
