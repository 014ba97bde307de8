#include "scan.h"

#include <deque>
#include <thread>

#include "socket_table.h"
#include "thread.h"

void ScanResult::add(uint16_t port, Verdict verdict) {
  switch (verdict) {
    case Verdict::kFree:
      return free.add(port);
    case Verdict::kUsed:
      return used.add(port);
    case Verdict::kDenied:
      return denied.add(port);
    case Verdict::kFiltered:
      return filtered.add(port);
  }
}

void ScanResult::merge(const ScanResult& other) {
  free.add_all(other.free);
  used.add_all(other.used);
  denied.add_all(other.denied);
  filtered.add_all(other.filtered);
  if (!fault) fault = other.fault;
}

ScanResult share_scan(unsigned threads, const std::function<ScanResult()>& work) {
  std::vector<ScanResult> results(threads);
  {
    std::deque<Thread> others(threads - 1);
    for (unsigned index = 1; index < threads; index++) {
      others[index - 1].start([&, index] { results[index] = work(); });
    }
    results[0] = work();
  }
  for (unsigned index = 1; index < threads; index++) results[0].merge(results[index]);
  return results[0];
}

namespace {

/** How long the probes of others are given to let go of a port. */
constexpr std::chrono::milliseconds kOthersQuestion{5};

ScanResult bind_share(const BindTarget& target, ScanQueue& queue) {
  ScanResult result;
  BindProbe probe(target);
  std::vector<uint16_t> in_use;
  std::chrono::steady_clock::time_point last_in_use{};
  while (const std::optional<uint16_t> port = queue.next()) {
    const Outcome outcome = probe.probe(*port);
    if (const Fault* fault = std::get_if<Fault>(&outcome)) {
      result.fault = *fault;
      queue.cancel();  // A scan that lacks a share is no answer: the others need not go on.
      return result;
    }
    if (is(outcome, Verdict::kUsed)) {
      in_use.push_back(*port);
      last_in_use = std::chrono::steady_clock::now();
    } else {
      result.add(*port, std::get<Verdict>(outcome));
    }
    queue.count_done();
  }
  // Another probe of this machine may have held one of them for the time of its own question, which is a
  // microsecond, or as long as its thread had to wait for a processor.
  probe.let_go();
  std::this_thread::sleep_until(last_in_use + kOthersQuestion);
  for (const uint16_t port : in_use) {
    if (queue.is_cancelled()) break;
    const Outcome outcome = probe.probe(port);
    if (const Fault* fault = std::get_if<Fault>(&outcome)) {
      result.fault = *fault;
      break;
    }
    result.add(port, std::get<Verdict>(outcome));
  }
  return result;
}

}  // namespace

ScanResult scan_by_bind(const BindTarget& target, unsigned threads, ScanQueue& queue) {
  return share_scan(threads, [&] { return bind_share(target, queue); });
}

ScanResult scan_by_table(Transport transport, ScanQueue& queue) {
  ScanResult result;
  const Result<PortBits> answer = socket_table(transport, TableStates::kAll);
  if (const Fault* fault = std::get_if<Fault>(&answer)) {
    result.is_missing = fault->error == kNoTable;
    if (!result.is_missing) result.fault = *fault;
    return result;
  }
  const PortBits& used = std::get<PortBits>(answer);
  while (const std::optional<uint16_t> port = queue.next()) {
    result.add(*port, used.has(*port) ? Verdict::kUsed : Verdict::kFree);
    queue.count_done();
  }
  return result;
}
