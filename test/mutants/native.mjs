import { inFile } from './in-file.mjs';

const FAULTS = 'test/addon/fault-plan.ts';

/** @type {import('./index.mjs').Mutant[]} */
export const NATIVE = [
  ...inFile('native/bind_probe.cc', 'test/pick/pick.ts', [
    [
      "a control group's EPERM of a bind is a fault",
      'if (error == EACCES || error == EPERM) return',
      'if (error == EACCES) return',
      FAULTS,
    ],
    [
      'a privileged port is a fault',
      'if (error == EACCES || error == EPERM) return',
      'if (error == EPERM) return',
      'test/scan/scan.ts',
      'test/pick/pick.ts',
      FAULTS,
    ],
    [
      'a probe leaves its port bound',
      'if (place.is_bound) place.socket.close();',
      '',
      'test/pick/pick.ts',
      'test/scan/scan.ts',
    ],
    [
      'only the first transport is bound',
      'for (const Transport transport : target.transports()) {',
      'for (const Transport transport : {target.transports().front()}) {',
      'test/pick/pick.ts',
      'test/lease/lease.ts',
    ],
  ]),
  ...inFile('native/connect_probe.cc', 'test/network/scan-conditions.ts', [
    ['a connection that was reset is a fault', '    case ECONNRESET:\n', '', FAULTS],
    [
      'a port that a firewall forbids is filtered',
      'case EPERM:\n      return Verdict::kDenied;',
      'case EPERM:\n      return Verdict::kFiltered;',
      'test/network/scan-conditions.ts',
      FAULTS,
    ],
    [
      'an unreachable host is a fault',
      '  switch (error) {\n    case EHOSTUNREACH:\n',
      '  switch (error) {\n',
      'test/network/scan-conditions.ts',
      'test/network/scan-remote.ts',
      FAULTS,
    ],
  ]),
  ...inFile('native/judge.cc', 'test/scan/port-is-used.ts', [
    [
      'an address that was missing once is missing for ever',
      'for (Client& client : clients_) client.state = Client::kUnknown;',
      '',
      'test/network/scan-conditions.ts',
      'test/pick/pick.ts',
    ],
    [
      'redirects on ::1 alone are not met',
      'for (; index < clients_.size(); index++) {',
      'for (; index < 1; index++) {',
      'test/network/scan-agreement.ts',
      'test/network/scan-conditions.ts',
    ],
    [
      'redirects on 127.0.0.1 alone are not met',
      'ask(port, 0) : outcome',
      'ask(port, 1) : outcome',
      'test/network/scan-agreement.ts',
      'test/network/scan-conditions.ts',
      'test/network/polite-scans.ts',
    ],
    [
      'a silent port holds a pick up',
      'kAnswerTime{100}',
      'kAnswerTime{60000}',
      'test/network/silent-picks.ts',
    ],
    [
      'a datagram port is connected to',
      'if (!has(target_.transports(), Transport::kTcp)) return;',
      '',
      'test/pick/pick.ts',
    ],
    [
      'the server behind a redirect is reset',
      'if (accepted) hang_ups_.add(std::move(accepted));',
      '',
      'test/network/polite-scans.ts',
    ],
    [
      'a host without a working loopback has no free port',
      'if (!target_.is_everywhere()) return Fault{ENETUNREACH, "connect"};',
      '',
      'test/network/scan-conditions.ts',
      'test/pick/pick.ts',
    ],
  ]),
  ...inFile('native/pick.cc', 'test/pick/pick.ts', [
    [
      'denied candidates are not counted',
      'if (is(outcome, Verdict::kDenied)) result_.denied++;',
      '',
      'test/network/scan-conditions.ts',
    ],
    [
      'a cancelled pick goes on',
      'if (is_cancelled.load(std::memory_order_relaxed))',
      'if (is_cancelled.load(std::memory_order_relaxed) && misses_ == SIZE_MAX)',
      'test/network/silent-picks.ts',
    ],
    [
      'the last port of a pick stays bound',
      '    judge_.let_go();\n',
      '',
      'test/pick/pick.ts',
      'test/lease/lease.ts',
      'test/tour/1-pick.ts',
    ],
    ['the port of a short pick stays bound', 'judge.let_go();\n  return outcome', 'return outcome'],
    [
      'silent ports are asked one after the other',
      'constexpr size_t kMostOpen = 256;',
      'constexpr size_t kMostOpen = 1;',
      'test/network/silent-picks.ts',
    ],
  ]),
  ...inFile('native/scan.cc', 'test/scan/scan.ts', [
    [
      'used ports are not asked again',
      'if (!used_.empty()) ask_used_again();',
      'for (const uint16_t port : used_) result_.add(port, Verdict::kUsed);',
      'test/scan/scan.ts',
      'test/network/scan-conditions.ts',
      'test/network/scan-agreement.ts',
    ],
    [
      'the fault of another thread is lost',
      'if (!fault) fault = other.fault;',
      '',
      'test/network/scan-faults.ts',
      FAULTS,
    ],
    [
      'a table that is missing is empty',
      'result.cannot_ask = fault->error == kNoTable;',
      'result.cannot_ask = false;',
      'test/network/no-netlink.ts',
    ],
  ]),
  ...inFile('native/jobs.cc', 'test/addon/threads.ts', [
    [
      'jobs are not cancelled at the end of the environment',
      'for (const auto& [job, pending] : pending_) job->cancel();',
      '',
      'test/network/silent-picks.ts',
      'test/network/scan-endings.ts',
    ],
    [
      'a finished job keeps the process alive',
      'if (jobs->pending_.empty()) jobs->settle_->Unref(env);',
      '',
      'test/addon/threads.ts',
      'test/network/scan-endings.ts',
      FAULTS,
    ],
    [
      'a job keeps no process alive',
      '    settle_->Ref(env);\n',
      '    settle_->Unref(env);\n',
      'test/addon/threads.ts',
      'test/network/scan-endings.ts',
      FAULTS,
    ],
  ]),
  ...inFile('native/this_machine.cc', 'test/network/scan-conditions.ts', [
    [
      'no source port means no loopback',
      'if (fault->error == EADDRNOTAVAIL) return true;',
      '',
      'test/network/scan-conditions.ts',
      'test/network/scan-limit.ts',
      FAULTS,
    ],
    [
      'every address is of this machine',
      'if (!is_true(is_bound)) return is_bound;',
      'if (!is_true(is_bound)) return true;',
      'test/host/local-address.ts',
      'test/network/scan-conditions.ts',
    ],
    [
      'where any address can be bound, all are of this machine',
      'if (!std::get<bool>(is_any_bound)) return true;',
      'return true;',
      'test/network/scan-conditions.ts',
      'test/network/scan-remote.ts',
      'test/network/scan-limit.ts',
    ],
  ]),
  ...inFile('native/linux/route.cc', FAULTS, [
    [
      'each question for a route leaks a descriptor',
      '  close(netlink);\n',
      '',
      'test/network/scan-conditions.ts',
      FAULTS,
    ],
    [
      'an interrupted answer about a route is none',
      'while (received < 0 && errno == EINTR);',
      'while (received < 0 && errno == EIO);',
    ],
    [
      'an unreachable address has an unknown way',
      'error == EHOSTUNREACH || ',
      '',
      'test/network/scan-conditions.ts',
      'test/network/scan-remote.ts',
    ],
  ]),
  ...inFile('native/linux/socket_table.cc', FAULTS, [
    ['a signal ends the reading of the table', 'if (received < 0 && errno == EINTR) continue;', ''],
    [
      'a lack of memory is a missing table',
      'if (is_shortage(error) || error == EINTR) return Fault{error, "netlink"};',
      '',
    ],
    [
      'listeners of UDP are not listed',
      'return transport == Transport::kTcp ? TCP_LISTEN : TCP_CLOSE;',
      'return transport == Transport::kTcp ? TCP_LISTEN : TCP_LISTEN;',
      'test/machine/used-ports.ts',
      'test/machine/used-sockets.ts',
      'test/who/who-has.ts',
    ],
  ]),
  ...inFile('native/linux/proc_net.cc', 'test/network/no-netlink.ts', [
    [
      'sockets of IPv6 are not read',
      'const int error = add_file(path + "6", AF_INET6, sockets);',
      'const int error = 0;',
    ],
    [
      'lines without an inode are read',
      'if (found != 7) continue;',
      'if (found < 2) continue;',
      'test/addon/damaged-answers.ts',
      'test/network/no-netlink.ts',
    ],
  ]),
  ...inFile('native/linux/read_file.cc', FAULTS, [
    ['reading is not tried again after a signal', 'errno == EINTR', 'errno == EIO'],
  ]),
  ...inFile('native/linux/ephemeral_range.cc', 'test/addon/shortage.ts', [
    [
      'settings that cannot be read have their defaults',
      'if (fault->error == ENOENT) return std::vector<PortRange>{kDefaultEphemeralRange};',
      'return std::vector<PortRange>{kDefaultEphemeralRange};',
    ],
    [
      'reserved ports that cannot be read are none',
      'if (fault->error == ENOENT) return ranges;',
      'return ranges;',
    ],
  ]),
  ...inFile('native/posix/socket.cc', FAULTS, [
    ['a signal is no answer', 'if (ready >= 0 || errno != EINTR) return ready > 0;', 'return ready > 0;'],
    [
      'low descriptors tell how many are open',
      'is_told ? open.st_size : lowest_free.handle()',
      'lowest_free.handle()',
      'test/addon/descriptors.ts',
      'test/addon/addon.ts',
    ],
  ]),
  ...inFile('native/scan_job.cc', 'test/network/scan-limit.ts', [
    [
      'a scan takes all descriptors',
      'std::min(wanted, std::max<size_t>(left / 2, 1))',
      'std::max<size_t>(wanted, 1)',
    ],
  ]),
  ...inFile('native/hang_ups.cc', 'test/network/polite-scans.ts', [
    ['no FIN is sent', '  socket.finish_sending();\n', ''],
    [
      'a crowd of connections is no reason to wait',
      '  return has_too_many();\n}\n\nbool HangUps::is_crowded',
      '  return false;\n}\n\nbool HangUps::is_crowded',
      'test/wait/hang-up.ts',
    ],
    [
      'the end of the process waits for no server',
      'return Clock::now() < std::min(connection.heard + kLastMoment, connection.begun + kLastPatience);',
      'return Clock::now() < connection.begun;',
    ],
  ]),
  ...inFile('native/connect_scan.cc', 'test/network/scan-phantoms.ts', [
    [
      'a connection that met a client counts as a listener',
      'const bool may_be_phantom = !slot->is_confirming &&',
      'const bool may_be_phantom = slot->is_under_way && !slot->is_confirming &&',
    ],
    [
      'a scan that is to reset does not',
      'if (options_.resets || is(outcome, Verdict::kFree)) {',
      'if (is(outcome, Verdict::kFree)) {',
      'test/network/polite-scans.ts',
    ],
    [
      'a lost packet is a filtered port',
      'if (is_without_answer(error)) return without_answer_.push_back(port);',
      '',
      'test/network/scan-remote.ts',
      'test/network/slow-link.ts',
    ],
    [
      'a lossy network is asked twice only',
      'constexpr int kFruitlessRounds = 2;',
      'constexpr int kFruitlessRounds = 0;',
      'test/network/scan-remote.ts',
      'test/network/slow-link.ts',
    ],
    [
      'a shortage ends a scan at once',
      'if (++shortage_waits_ > kMostShortageWaits) {',
      'if (++shortage_waits_ > 0) {',
      'test/network/scan-faults.ts',
      'test/network/scan-limit.ts',
    ],
  ]),
  ...inFile('native/posix/hang_up.cc', 'test/network/polite-waits.ts', [
    [
      'process.exit() sends no FIN',
      'if (shutdown(descriptor, SHUT_WR) == 0) open',
      'if (descriptor >= 0) open',
    ],
  ]),
  ...inFile('native/posix/signal_relay.cc', 'test/cli/port-for-run-signals.ts', [
    [
      'signals before the command began are lost',
      '  child_id = child;\n  pass_on_kept(child);',
      '  child_id = child;',
    ],
    [
      'Ctrl-C reaches the command twice',
      '&& !is_from_keyboard(signal, *info)',
      '&& info != nullptr',
      'test/cli/port-for-run-signals.ts',
    ],
  ]),
  ...inFile('native/posix/folder_files.cc', 'test/store/foreign-folder.ts', [
    [
      'folders on the way may be links',
      'O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC',
      'O_DIRECTORY | O_CLOEXEC',
      'test/store/foreign-folder.ts',
      'test/store/folder.ts',
    ],
  ]),
  ...inFile('native/table_watch.cc', 'test/addon/listener-watch.ts', [
    [
      'a newcomer waits for the next look',
      'void hurry() {\n    const std::lock_guard<std::mutex> lock(mutex_);\n    wake();',
      'void hurry() {\n    const std::lock_guard<std::mutex> lock(mutex_);',
    ],
    ['what is not watched any more is told', 'place = watched_.erase(place);', 'place++;'],
    [
      'many addresses are all called closed',
      'ports && !ports->has(one.address.port())',
      'ports.has_value()',
      'test/addon/listener-watch.ts',
      'test/wait/many.ts',
    ],
  ]),
  ...inFile('native/work_queue.cc', 'test/addon/threads.ts', [
    ['each scan has a thread', ' || threads_.size() >= most_threads_', ''],
    [
      'work that no thread can be had for is forgotten',
      '  waiting_.pop_back();\n  return fault;',
      '  return std::nullopt;',
      FAULTS,
    ],
  ]),
  ...inFile('native/lease_handle.cc', 'test/lease/lease.ts', [
    [
      'a lease of both transports is released as a whole',
      'Choice(info[0])), held_.end());',
      '[](const HeldSocket&) { return true; }), held_.end());',
      'test/lease/lease.ts',
      'test/lease/lifetime.ts',
    ],
    [
      'a socket that was handed over is closed',
      'found->socket.release();\n  held_.erase',
      'held_.erase',
      'test/lease/lease.ts',
      'test/lease/listen.ts',
      'test/lease/lifetime.ts',
    ],
    [
      'a held datagram socket that is shared takes nothing in',
      '  for (HeldSocket& one : held_) {\n    if (!is_chosen(one)) continue;\n    make_usable_or_throw(info.Env(), one.socket);',
      '  for (HeldSocket& one : held_) {\n    if (!is_chosen(one)) continue;',
      'test/lease/listen-datagrams.ts',
    ],
  ]),
  {
    name: 'signals after the command ended go to its number',
    file: 'native/posix/signal_relay.cc',
    find: '  child_id = kNoMore;\n',
    replace: '',
    tests: ['test/cli/port-for-run-signals.ts', 'test/cli/port-for-run-ends.ts'],
    lives: 'a handle of the process, which Linux has, reaches nobody after its end',
  },
  {
    name: 'what the table called used is not asked',
    file: 'native/pick.cc',
    find: 'else if (std::exchange(struck_remain_, false))',
    replace: 'else if (struck_remain_ && open_.size() > 1000000)',
    tests: ['test/pick/pick.ts'],
    lives:
      'the port has to become free between the look at the table and the end of the pick, some microseconds',
  },
];
