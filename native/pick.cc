#include "pick.h"

#include <cerrno>
#include <list>
#include <optional>
#include <random>
#include <utility>
#include <variant>

#include "random_seed.h"
#include "socket_table.h"

namespace port_for {

namespace {

/**
 * Candidates found used in a row, or ports wanted at once, from which one sweep of the socket table is
 * cheaper than to go on asking: a used port costs about a microsecond, a sweep 20 to some 1,000.
 */
constexpr size_t kMissesBeforeSweep = 64;
constexpr size_t kCountBeforeSweep = 128;

/** Ports without an answer that are waited for at once: each keeps two sockets open at least, of the 1,024
 * descriptors that a process often may have. */
constexpr size_t kMostOpen = 256;

/** How long to wait, ms, for one answer before all are looked for, and before a cancelled pick ends. */
constexpr int kShortWait = 2;
constexpr int kLongWait = 20;

using Random = std::mt19937_64;

/** Random numbers of this thread, seeded by the system, so that no two processes draw alike. */
Result<Random*> random_numbers() {
  static thread_local std::optional<Random> random;
  if (!random) {
    const Result<uint64_t> seed = random_seed();
    if (const Fault* fault = std::get_if<Fault>(&seed)) return *fault;
    random.emplace(std::get<uint64_t>(seed));
  }
  return &*random;
}

/** How many random numbers to try before the members are counted, which costs as much as some hundred. */
constexpr int kTries = 64;

/** A member of `ports`, each as likely as the others. Nothing if chance met none: there are few, or none. */
std::optional<uint16_t> draw_by_chance(const PortBits& ports, Random& random) {
  for (int tries = 0; tries < kTries; tries++) {
    const auto port = static_cast<uint16_t>(random());
    if (ports.has(port)) return port;
  }
  return std::nullopt;
}

/** The same of `size` members, one at least. */
uint16_t draw_by_rank(const PortBits& ports, size_t size, Random& random) {
  return ports.nth(std::uniform_int_distribution<size_t>(0, size - 1)(random));
}

/** The candidates that were not drawn yet; each draw is uniform among them. */
class Urn {
 public:
  Urn(const PortBits& ports, Random& random) : ports_(ports), size_(ports.count()), random_(random) {}

  size_t size() const { return size_; }

  uint16_t draw() {
    const std::optional<uint16_t> by_chance = draw_by_chance(ports_, random_);
    const uint16_t port = by_chance ? *by_chance : draw_by_rank(ports_, size_, random_);
    ports_.remove(port);
    size_--;
    return port;
  }

  /** Takes out those that are in `ports`, and returns them. */
  PortBits strike(const PortBits& ports) {
    PortBits struck = ports_;
    struck.keep_only(ports);
    ports_.remove_all(struck);
    size_ = ports_.count();
    return struck;
  }

  void put_back(uint16_t port) {
    ports_.add(port);
    size_++;
  }

  void put_back(const PortBits& ports) {
    ports_.add_all(ports);
    size_ = ports_.count();
  }

 private:
  PortBits ports_;
  size_t size_;
  Random& random_;
};

/** What the socket tables of the transports show as used; nothing where there is a table that cannot be read.
 */
std::optional<PortBits> used_by_table(const std::vector<Transport>& transports) {
  PortBits used;
  for (const Transport transport : transports) {
    const Result<PortBits> table = table_ports(transport, TableStates::kAll);
    const PortBits* ports = std::get_if<PortBits>(&table);
    if (ports == nullptr) return std::nullopt;
    used.add_all(*ports);
  }
  return used;
}

/** One pick under way. */
class Walk {
 public:
  Walk(const PickRequest& request, Judge& judge, Random& random)
      : request_(request),
        judge_(judge),
        urn_(request.candidates, random),
        // The table tells ports, not addresses: it says what is used only where every address is meant.
        may_sweep_(judge.target().is_everywhere()) {}

  Pick run(const std::atomic<bool>& is_cancelled) {
    judge_.begin();
    while (!is_done()) {
      if (is_cancelled.load(std::memory_order_relaxed))
        result_.fault = Fault{ECANCELED, "pick"};
      else if (is_sweep_due())
        sweep();
      else if (urn_.size() > 0 && has_room())
        draw();
      else if (!open_.empty())
        wait();
      // The table may be a moment old: nothing is called used on its word alone.
      else if (std::exchange(struck_remain_, false))
        urn_.put_back(struck_);
      else
        break;
    }
    judge_.let_go();
    return std::move(result_);
  }

 private:
  bool is_done() const { return result_.fault || result_.ports.size() == request_.count; }

  bool is_sweep_due() const {
    return may_sweep_ && (misses_ >= kMissesBeforeSweep || request_.count >= kCountBeforeSweep);
  }

  void sweep() {
    may_sweep_ = false;
    const std::optional<PortBits> used = used_by_table(judge_.target().transports());
    if (!used) return;
    struck_ = urn_.strike(*used);
    struck_remain_ = true;
  }

  bool has_room() const { return open_.size() < kMostOpen && !is_short_; }

  void draw() {
    const uint16_t port = urn_.draw();
    const std::optional<Outcome> outcome = judge_.judge(port);
    if (!outcome) {
      open_.push_back(judge_.take_open());
      return;
    }
    if (is_put_off(port, *outcome, open_.size())) return;
    settle(port, *outcome);
    if (request_.hold && is(*outcome, Verdict::kFree)) result_.held.push_back(judge_.take());
  }

  /** Puts a port back whose question failed for want of what `others`, which are waited for, will give back.
   */
  bool is_put_off(uint16_t port, const Outcome& outcome, size_t others) {
    const Fault* fault = std::get_if<Fault>(&outcome);
    if (fault == nullptr || !is_shortage(fault->error) || others == 0) return false;
    urn_.put_back(port);
    is_short_ = true;
    return true;
  }

  /** Waits a moment for the ports without an answer, and takes in what there is. */
  void wait() {
    wait_for_answer(open_.front().attempt.socket(), open_.size() == 1 ? kLongWait : kShortWait);
    std::list<OpenQuestion> still_open;
    while (!open_.empty() && !is_done()) {
      OpenQuestion& question = open_.front();
      const std::optional<Outcome> outcome = judge_.resume(question);
      if (!outcome) {
        still_open.splice(still_open.end(), open_, open_.begin());
        continue;
      }
      if (!is_put_off(question.port, *outcome, open_.size() - 1 + still_open.size())) {
        settle(question.port, *outcome);
        if (request_.hold && is(*outcome, Verdict::kFree)) result_.held.push_back(std::move(question.held));
        is_short_ = false;
      }
      open_.pop_front();
    }
    open_.splice(open_.begin(), still_open);
  }

  void settle(uint16_t port, const Outcome& outcome) {
    if (const Fault* fault = std::get_if<Fault>(&outcome)) {
      result_.fault = *fault;
    } else if (is(outcome, Verdict::kFree)) {
      result_.ports.push_back(port);
      misses_ = 0;
    } else {
      if (is(outcome, Verdict::kDenied)) result_.denied++;
      misses_++;
    }
  }

  const PickRequest& request_;
  Judge& judge_;
  Pick result_;
  Urn urn_;

  /** Candidates found used in a row. */
  size_t misses_ = 0;
  bool may_sweep_;
  /** What a sweep called used; asked all the same where nothing else is left. */
  PortBits struck_;
  bool struck_remain_ = false;

  /** In the order in which their time ends. */
  std::list<OpenQuestion> open_;
  /** No more can be asked before some of those are settled. */
  bool is_short_ = false;
};

}  // namespace

Pick pick(const PickRequest& request, Judge& judge, const std::atomic<bool>& is_cancelled) {
  const Result<Random*> random = random_numbers();
  if (const Fault* fault = std::get_if<Fault>(&random)) {
    Pick none;
    none.fault = *fault;
    return none;
  }
  return Walk(request, judge, *std::get<Random*>(random)).run(is_cancelled);
}

std::optional<uint16_t> pick_at_once(const PortBits& candidates, Judge& judge) {
  const Result<Random*> found = random_numbers();
  if (std::holds_alternative<Fault>(found)) return std::nullopt;
  Random& random = *std::get<Random*>(found);
  std::optional<uint16_t> port = draw_by_chance(candidates, random);
  if (!port) {
    const size_t size = candidates.count();
    if (size == 0) return std::nullopt;
    port = draw_by_rank(candidates, size, random);
  }
  judge.begin();
  const std::optional<Outcome> outcome = judge.judge(*port);
  // A question that is left open goes with the port: its answer would take a while.
  if (!outcome) judge.take_open();
  judge.let_go();
  return outcome && is(*outcome, Verdict::kFree) ? port : std::nullopt;
}

}  // namespace port_for
