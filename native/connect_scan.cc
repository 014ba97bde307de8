#include <algorithm>
#include <cerrno>
#include <deque>
#include <thread>
#include <utility>

#include "connect_probe.h"
#include "readiness.h"
#include "scan.h"

namespace {

using Clock = std::chrono::steady_clock;

/** The longest that a thread sleeps, so that a cancelled scan ends soon. */
constexpr std::chrono::milliseconds kLongestWait{20};

/** Errors that pass when connections under way end: descriptors, memory or source ports are short. */
bool is_shortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM || error == EAGAIN ||
         error == EADDRNOTAVAIL;
}

/** One thread's share of a scan: a fixed number of attempts, each begun anew as soon as it is answered. */
class ConnectScan {
 public:
  ConnectScan(const ConnectScanOptions& options, ScanQueue& queue)
      : options_(options), queue_(queue), limit_(std::max<size_t>(options.concurrency, 1)) {}

  ScanResult run() {
    result_.fault = readiness_.fault();
    while (!result_.fault && !queue_.is_cancelled()) {
      begin_more();
      if (under_way_ == 0) break;
      collect_answers();
      expire();
    }
    return result_;
  }

 private:
  struct Slot {
    ConnectAttempt attempt;
    bool is_watched = false;
    bool is_confirming = false;
    /** Counts the attempts, so that a deadline of an earlier one is known as such. */
    uint64_t serial = 0;
    bool is_under_way = false;
  };

  struct Deadline {
    Clock::time_point time;
    size_t slot;
    uint64_t serial;
  };

  void begin_more() {
    while (under_way_ < limit_ && !result_.fault) {
      std::optional<uint16_t> port = take_port();
      if (!port) return;
      begin(idle_slot(), *port);
    }
  }

  std::optional<uint16_t> take_port() {
    if (postponed_.empty()) return queue_.next();
    const uint16_t port = postponed_.back();
    postponed_.pop_back();
    return port;
  }

  size_t idle_slot() {
    if (idle_.empty()) {
      slots_.emplace_back();
      return slots_.size() - 1;
    }
    const size_t index = idle_.back();
    idle_.pop_back();
    return index;
  }

  void begin(size_t index, uint16_t port) {
    Slot& slot = slots_[index];
    Address address = options_.address;
    address.set_port(port);
    slot.serial++;
    int error = slot.attempt.begin(address);
    // This machine answers within the call; one more tells how, without a turn through the poller.
    if (error == EINPROGRESS && answers_at_once_) error = slot.attempt.collect();
    if (error != EINPROGRESS) return end(index, error);
    if (!slot.is_watched) {
      result_.fault = readiness_.watch(slot.attempt.socket(), index);
      if (result_.fault) return;
      slot.is_watched = true;
    }
    slot.is_under_way = true;
    under_way_++;
    deadlines_.push_back({Clock::now() + options_.timeout, index, slot.serial});
  }

  /** Judges an attempt that ended with `error`. */
  void end(size_t index, int error) {
    Slot& slot = slots_[index];
    const uint16_t port = slot.attempt.port();
    if (std::exchange(slot.is_under_way, false)) under_way_--;
    const bool may_be_phantom = error == 0 && !slot.is_confirming && options_.ephemeral.has(port) &&
                                slot.attempt.is_within_one_machine();
    const Outcome outcome = slot.attempt.settle(error);
    if (!slot.attempt.socket() && std::exchange(slot.is_watched, false)) readiness_.forget(index);
    if (may_be_phantom && is(outcome, Verdict::kUsed)) {
      slot.is_confirming = true;
      return begin(index, port);
    }
    slot.is_confirming = false;
    idle_.push_back(index);
    if (const Fault* fault = std::get_if<Fault>(&outcome)) return postpone(port, *fault);
    result_.add(port, std::get<Verdict>(outcome));
    queue_.count_done();
  }

  /** Goes on with as many connections as the system has room for; without any, there is no going on. */
  void postpone(uint16_t port, const Fault& fault) {
    if (under_way_ == 0 || !is_shortage(fault.error)) {
      result_.fault = fault;
      return;
    }
    postponed_.push_back(port);
    limit_ = under_way_;
  }

  void collect_answers() {
    for (const size_t index : readiness_.wait(time_to_wait())) {
      Slot& slot = slots_[index];
      if (!slot.is_under_way) continue;
      const int error = slot.attempt.collect();
      if (error != EINPROGRESS) end(index, error);
      if (result_.fault) return;
    }
  }

  int time_to_wait() const {
    const auto until_first = deadlines_.front().time - Clock::now();
    const auto wait = std::min<Clock::duration>(until_first, kLongestWait);
    return std::max(0, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(wait).count()));
  }

  /** All attempts have the same time, so deadlines end in the order in which they began. */
  void expire() {
    const Clock::time_point now = Clock::now();
    while (!deadlines_.empty() && !result_.fault) {
      const Deadline first = deadlines_.front();
      const Slot& slot = slots_[first.slot];
      const bool is_over = slot.serial != first.serial || !slot.is_under_way;
      if (!is_over && first.time > now) return;
      deadlines_.pop_front();
      if (!is_over) end(first.slot, EINPROGRESS);
    }
  }

  const ConnectScanOptions& options_;
  ScanQueue& queue_;
  const bool answers_at_once_ = machine_has(options_.address);
  Readiness readiness_;
  std::deque<Slot> slots_;
  std::vector<size_t> idle_;
  std::vector<uint16_t> postponed_;
  std::deque<Deadline> deadlines_;
  size_t limit_;
  size_t under_way_ = 0;
  ScanResult result_;
};

}  // namespace

ScanResult scan_by_connect(const ConnectScanOptions& options, unsigned threads, ScanQueue& queue) {
  std::vector<ScanResult> results(threads);
  std::vector<std::thread> others;
  for (unsigned index = 1; index < threads; index++) {
    others.emplace_back([&, index] { results[index] = ConnectScan(options, queue).run(); });
  }
  results[0] = ConnectScan(options, queue).run();
  for (std::thread& other : others) other.join();
  for (unsigned index = 1; index < threads; index++) results[0].merge(results[index]);
  return results[0];
}
