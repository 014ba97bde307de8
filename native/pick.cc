#include "pick.h"

#include <random>
#include <utility>

#include "socket_table.h"

namespace port_for {

namespace {

/**
 * Candidates found used in a row, or ports wanted at once, from which one sweep of the socket table is
 * cheaper than to go on asking: a used port costs about a microsecond, a sweep 20 to some 1,000.
 */
constexpr size_t kMissesBeforeSweep = 64;
constexpr size_t kCountBeforeSweep = 128;

uint64_t seed() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

/** The candidates that were not drawn yet; each draw is uniform among them. */
class Urn {
 public:
  explicit Urn(const PortBits& ports) : ports_(ports), size_(ports.count()) {}

  size_t size() const { return size_; }

  uint16_t draw() {
    // Seeded by the system, so that no two processes draw alike. The device itself would be read for each
    // draw by some C++ libraries, which also keep a descriptor open for it.
    static thread_local std::mt19937_64 random{seed()};
    std::uniform_int_distribution<size_t> rank(0, size_ - 1);
    const uint16_t port = ports_.nth(rank(random));
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

  void put_back(const PortBits& ports) {
    ports_.add_all(ports);
    size_ = ports_.count();
  }

 private:
  PortBits ports_;
  size_t size_;
};

/** What the socket tables of the transports show as used; nothing where there is a table that cannot be read.
 */
std::optional<PortBits> used_by_table(const std::vector<Transport>& transports) {
  PortBits used;
  for (const Transport transport : transports) {
    const Result<PortBits> table = socket_table(transport, TableStates::kAll);
    const PortBits* ports = std::get_if<PortBits>(&table);
    if (ports == nullptr) return std::nullopt;
    used.add_all(*ports);
  }
  return used;
}

}  // namespace

Pick pick(const PickRequest& request, Judge& judge) {
  Pick result;
  judge.begin();
  Urn urn(request.candidates);
  PortBits struck;
  // The table tells ports, not addresses: it says what is used only where every address is meant.
  bool may_sweep = judge.target().is_everywhere();
  bool struck_remain = false;
  size_t misses = request.count >= kCountBeforeSweep ? kMissesBeforeSweep : 0;

  while (result.ports.size() < request.count) {
    if (may_sweep && misses >= kMissesBeforeSweep) {
      may_sweep = false;
      if (const std::optional<PortBits> used = used_by_table(judge.target().transports())) {
        struck = urn.strike(*used);
        struck_remain = true;
      }
    }
    if (urn.size() == 0) {
      // The table may be a moment old: nothing is called used on its word alone.
      if (!std::exchange(struck_remain, false)) break;
      urn.put_back(struck);
      continue;
    }
    const uint16_t port = urn.draw();
    const Outcome outcome = judge.judge(port);
    if (const Fault* fault = std::get_if<Fault>(&outcome)) {
      result.fault = *fault;
      break;
    }
    if (is(outcome, Verdict::kFree)) {
      result.ports.push_back(port);
      if (request.hold) result.held.push_back(judge.take());
      misses = 0;
    } else {
      if (is(outcome, Verdict::kDenied)) result.denied++;
      misses++;
    }
  }
  judge.let_go();
  return result;
}

}  // namespace port_for
