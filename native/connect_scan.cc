#include <algorithm>
#include <cerrno>
#include <list>
#include <thread>
#include <utility>

#include "connect_probe.h"
#include "connection_window.h"
#include "readiness.h"
#include "scan.h"
#include "this_machine.h"

namespace port_for {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/** The longest that a thread sleeps: a cancelled scan is to close its sockets within 100 ms
 * (docs/scanning.md). */
constexpr std::chrono::milliseconds kLongestWait{20};

/**
 * Connections to another machine with which a scan begins. A burst of 64 SYN segments of 60 bytes is 4 kB,
 * less than the initial window of one TCP connection (RFC 6928: 10 segments of 1,460 bytes), which the
 * network takes from anybody.
 */
constexpr size_t kFirstWindow = 64;

/** How often a port that gives no answer is asked at most. Where one packet in five is lost, 64 of 100
 * questions get their answer: eight rounds leave one port in 3,500 without. */
constexpr int kMostRounds = 8;

/** Rounds in a row without an answer that end a scan once the network is known to lose packets: one may be
 * lost whole when few ports are left. */
constexpr int kFruitlessRounds = 2;

/** How long a scan that can begin nothing waits for others to make room, and how often: 200 ms, in which
 * other scans and picks of this machine close what they opened, and no user takes the scan for hung. */
constexpr std::chrono::milliseconds kShortageWait{10};
constexpr int kMostShortageWaits = 20;

/** Errors that pass when connections end: source ports can be short too. */
bool may_pass(int error) {
  return is_shortage(error) || error == EAGAIN || error == EADDRNOTAVAIL;
}

/** One thread's share of a scan: a number of attempts, each begun anew as soon as it is answered. */
class ConnectScan {
 public:
  ConnectScan(const ConnectScanOptions& options, ScanQueue& queue)
      : options_(options),
        queue_(queue),
        window_(options.is_this_machine ? options.concurrency : kFirstWindow, options.concurrency) {}

  ScanBits run() {
    result_.fault = readiness_.fault();
    while (!result_.fault && !queue_.is_cancelled()) {
      begin_more();
      if (!under_way_.empty()) {
        collect_answers();
        expire();
      } else if (is_crowded_) {
        continue;
      } else if (!postponed_.empty()) {
        wait_out_shortage();
      } else if (!begin_round()) {
        break;
      }
    }
    // A scan that lacks a share is no answer: the others need not go on.
    if (result_.fault) queue_.cancel();
    return result_;
  }

 private:
  struct Slot {
    ConnectAttempt attempt;
    size_t tag;
    bool is_watched = false;
    bool is_confirming = false;
    /** The connection that is being confirmed. */
    Socket doubtful;
    bool is_under_way = false;
    Clock::time_point deadline{};
  };
  using Slots = std::list<Slot>;

  void begin_more() {
    shortage_.reset();
    while (window_.has_room(under_way_.size()) && !result_.fault && !shortage_) {
      // A server that is slow to close is not to be reset for the sake of the next port.
      if (is_crowded_) is_crowded_ = options_.hang_ups->is_crowded(under_way_.empty() ? kLongestWait : 0ms);
      if (is_crowded_) return;
      const std::optional<uint16_t> port = take_port();
      if (!port) return;
      begin(idle_slot(), *port);
    }
  }

  std::optional<uint16_t> take_port() {
    for (std::vector<uint16_t>* ports : {&postponed_, &asked_again_}) {
      if (ports->empty()) continue;
      const uint16_t port = ports->back();
      ports->pop_back();
      return port;
    }
    return queue_.next();
  }

  Slots::iterator idle_slot() {
    if (idle_.empty()) {
      idle_.emplace_back();
      idle_.back().tag = slots_.size();
      slots_.push_back(std::prev(idle_.end()));
    }
    return std::prev(idle_.end());
  }

  void begin(Slots::iterator slot, uint16_t port) {
    Address address = options_.address;
    address.set_port(port);
    int error = slot->attempt.begin(address);
    // This machine answers within the call; one more tells how, without a turn through the poller.
    if (error == EINPROGRESS && options_.is_this_machine) error = slot->attempt.collect();
    if (error != EINPROGRESS) return end(slot, error);
    if (!slot->is_watched) {
      result_.fault = readiness_.watch(slot->attempt.socket(), slot->tag);
      if (result_.fault) return;
      slot->is_watched = true;
    }
    slot->is_under_way = true;
    slot->deadline = Clock::now() + options_.timeout;
    // All have the same time, so the first that began is the first whose time is up.
    under_way_.splice(under_way_.end(), idle_, slot);
  }

  /** Judges an attempt that ended with `error`. */
  void end(Slots::iterator slot, int error) {
    const uint16_t port = slot->attempt.port();
    const bool may_be_phantom = !slot->is_confirming && options_.is_this_machine &&
                                options_.ephemeral.has(port) && slot->attempt.may_lack_listener(error);
    Socket accepted;
    const Outcome outcome = slot->attempt.settle(error, &accepted);
    put_to_rest(slot);
    if (may_be_phantom && is(outcome, Verdict::kUsed)) {
      slot->is_confirming = true;
      slot->doubtful = std::move(accepted);
      return begin(slot, port);
    }
    const Fault* fault = std::get_if<Fault>(&outcome);
    if (fault != nullptr && may_pass(fault->error) && slot->doubtful) {
      // Its source port may be the last one: it makes room for the second opinion, at the price of a reset.
      slot->doubtful.set_reset_on_close();
      slot->doubtful.close();
      return begin(slot, port);
    }
    slot->is_confirming = false;
    hang_up(std::move(slot->doubtful), outcome);
    hang_up(std::move(accepted), outcome);
    if (fault != nullptr) return postpone(port, *fault);
    queue_.count_ended();
    window_.grow();
    if (is_unreachable(error)) unreachable_.add(port);
    if (is_without_answer(error)) return without_answer_.push_back(port);
    settle(port, std::get<Verdict>(outcome));
  }

  /** Ends a connection to a port of which `outcome` is known by now. */
  void hang_up(Socket connection, const Outcome& outcome) {
    if (!connection) return;
    // Another client met by chance is no server; a reset leaves nothing of either behind.
    if (options_.resets || is(outcome, Verdict::kFree)) {
      connection.set_reset_on_close();
    } else {
      is_crowded_ = options_.hang_ups->add(std::move(connection));
    }
  }

  void put_to_rest(Slots::iterator slot) {
    const bool is_open{slot->attempt.socket()};
    if (!is_open && std::exchange(slot->is_watched, false)) readiness_.forget(slot->tag);
    // Open sockets are taken first: where descriptors are short, there may be no other.
    Slots& from = std::exchange(slot->is_under_way, false) ? under_way_ : idle_;
    idle_.splice(is_open ? idle_.end() : idle_.begin(), from, slot);
  }

  void settle(uint16_t port, Verdict verdict) {
    result_.add(port, verdict);
    if (verdict == Verdict::kFiltered && unreachable_.has(port)) result_.unreachable.add(port);
    queue_.count_done();
    settled_++;
    shortage_waits_ = 0;
  }

  /** Goes on with as many connections as the system has room for. */
  void postpone(uint16_t port, const Fault& fault) {
    if (!may_pass(fault.error)) {
      result_.fault = fault;
      return;
    }
    postponed_.push_back(port);
    shortage_ = fault;
    window_.shrink(under_way_.size());
  }

  /** Where not even one connection can be begun, others may have taken the room for a moment. */
  void wait_out_shortage() {
    if (++shortage_waits_ > kMostShortageWaits) {
      result_.fault = shortage_;
    } else {
      std::this_thread::sleep_for(kShortageWait);
    }
  }

  /**
   * When all were asked: asks those that gave no answer once more, since a question and an answer can be
   * lost. Where that brings answers the network does lose some, and the rest is asked again, with fewer
   * connections, until no more come. False when there is nothing more to ask.
   */
  bool begin_round() {
    if (round_ > 1 && settled_ > 0) {
      is_lossy_ = true;
      fruitless_ = 0;
      window_.halve();
    } else {
      fruitless_++;
    }
    const bool is_worth_while = round_ == 1 || (is_lossy_ && fruitless_ < kFruitlessRounds);
    if (without_answer_.empty() || !is_worth_while || round_ == kMostRounds) {
      for (const uint16_t port : without_answer_) settle(port, Verdict::kFiltered);
      return false;
    }
    round_++;
    settled_ = 0;
    std::swap(asked_again_, without_answer_);
    return true;
  }

  void collect_answers() {
    for (const size_t tag : readiness_.wait(time_to_wait())) {
      const Slots::iterator slot = slots_[tag];
      if (!slot->is_under_way) continue;
      const int error = slot->attempt.collect();
      if (error != EINPROGRESS) end(slot, error);
      if (result_.fault) return;
    }
  }

  int time_to_wait() const {
    const auto until_first = under_way_.front().deadline - Clock::now();
    const auto wait = std::min<Clock::duration>(until_first, kLongestWait);
    return std::max(0, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(wait).count()));
  }

  void expire() {
    const Clock::time_point now = Clock::now();
    while (!under_way_.empty() && under_way_.front().deadline <= now && !result_.fault) {
      // The answer may be there and not have had its turn.
      const Slots::iterator slot = under_way_.begin();
      end(slot, slot->attempt.collect());
    }
  }

  const ConnectScanOptions& options_;
  ScanQueue& queue_;
  ConnectionWindow window_;
  Readiness readiness_;

  /** Those under way in the order in which they began; those at rest, which are taken from the end. */
  Slots under_way_, idle_;
  /** All of them by their tags. */
  std::vector<Slots::iterator> slots_;

  std::vector<uint16_t> postponed_;
  std::optional<Fault> shortage_;
  int shortage_waits_ = 0;
  /** Whether connections that are being hung up leave no room for more. */
  bool is_crowded_ = false;

  std::vector<uint16_t> without_answer_, asked_again_;
  /** Ports of which the network said once that they cannot be reached. */
  PortBits unreachable_;
  int round_ = 1;
  /** Ports in this round. */
  size_t settled_ = 0;
  bool is_lossy_ = false;
  int fruitless_ = 0;

  ScanBits result_;
};

}  // namespace

ScanBits scan_by_connect(const ConnectScanOptions& options, unsigned threads, ScanQueue& queue) {
  if (options.skip_if_down) {
    ScanBits nothing;
    const auto works = reaches_itself(options.address, *options.hang_ups, queue.first());
    if (const Fault* fault = std::get_if<Fault>(&works)) {
      nothing.fault = *fault;
      return nothing;
    }
    nothing.cannot_ask = !std::get<bool>(works);
    if (nothing.cannot_ask) return nothing;
  }
  const ScanBits result = share_scan(threads, [&] { return ConnectScan(options, queue).run(); });
  // So that a process that ends now leaves no server with a reset.
  if (!queue.is_cancelled()) options.hang_ups->wait();
  return result;
}

}  // namespace port_for
