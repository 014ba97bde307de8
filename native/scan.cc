#include "scan.h"

#include <deque>
#include <thread>
#include <utility>

#include "socket_table.h"
#include "thread.h"

namespace port_for {

void ScanBits::add(uint16_t port, Verdict verdict) {
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

void ScanBits::merge(const ScanBits& other) {
  free.add_all(other.free);
  used.add_all(other.used);
  denied.add_all(other.denied);
  filtered.add_all(other.filtered);
  unreachable.add_all(other.unreachable);
  if (!fault) fault = other.fault;
}

ScanBits share_scan(unsigned threads, const std::function<ScanBits()>& work) {
  std::vector<ScanBits> results(threads);
  {
    std::deque<Thread> others(threads - 1);
    for (unsigned index = 1; index < threads; index++) {
      others[index - 1].start([&, index] { results[index] = catch_shortage(work); });
    }
    results[0] = work();
  }
  for (unsigned index = 1; index < threads; index++) results[0].merge(results[index]);
  return results[0];
}

namespace {

using namespace std::chrono_literals;

/**
 * Pauses before ports that could not be bound are asked again. Another probe of this machine may have held
 * them: for the time of its own question, which is a microsecond, or for as long as its thread had to wait
 * for a processor.
 */
constexpr std::chrono::milliseconds kPauses[] = {10ms, 20ms, 40ms};

/** One thread's share of a scan by bind. */
class BindScan {
 public:
  BindScan(const BindTarget& target, ScanQueue& queue) : probe_(target), queue_(queue) {}

  ScanBits run() {
    while (const std::optional<uint16_t> port = queue_.next()) {
      ask(*port);
      queue_.count_ended();
      queue_.count_done();
      if (result_.fault) return result_;
    }
    probe_.let_go();
    if (!used_.empty()) ask_used_again();
    return result_;
  }

 private:
  void ask(uint16_t port) {
    const Outcome outcome = probe_.probe(port);
    if (const Fault* fault = std::get_if<Fault>(&outcome)) {
      result_.fault = *fault;
      queue_.cancel();  // A scan that lacks a share is no answer: the others need not go on.
    } else if (is(outcome, Verdict::kUsed)) {
      used_.push_back(port);
    } else {
      result_.add(port, std::get<Verdict>(outcome));
    }
  }

  /** Once; and while others are seen to probe, until none is used or the pauses are over. */
  void ask_used_again() {
    bool others_probe = false;
    for (const auto pause : kPauses) {
      std::this_thread::sleep_for(pause);
      const std::vector<uint16_t> doubtful = std::exchange(used_, {});
      for (const uint16_t port : doubtful) {
        ask(port);
        if (result_.fault || queue_.is_cancelled()) return;
      }
      probe_.let_go();
      others_probe = others_probe || used_.size() < doubtful.size();
      if (used_.empty() || !others_probe) break;
    }
    for (const uint16_t port : used_) result_.add(port, Verdict::kUsed);
  }

  BindProbe probe_;
  ScanQueue& queue_;
  std::vector<uint16_t> used_;
  ScanBits result_;
};

}  // namespace

ScanBits scan_by_bind(const BindTarget& target, unsigned threads, ScanQueue& queue) {
  return share_scan(threads, [&] { return BindScan(target, queue).run(); });
}

ScanBits scan_by_table(Transport transport, ScanQueue& queue) {
  ScanBits result;
  const Result<PortBits> answer = table_ports(transport, TableStates::kAll);
  if (const Fault* fault = std::get_if<Fault>(&answer)) {
    result.cannot_ask = fault->error == kNoTable;
    if (!result.cannot_ask) result.fault = *fault;
    return result;
  }
  const PortBits& used = std::get<PortBits>(answer);
  while (const std::optional<uint16_t> port = queue.next()) {
    result.add(*port, used.has(*port) ? Verdict::kUsed : Verdict::kFree);
    queue.count_ended();
    queue.count_done();
  }
  return result;
}

}  // namespace port_for
