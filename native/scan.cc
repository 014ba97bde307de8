#include "scan.h"

#include <algorithm>
#include <deque>
#include <thread>
#include <utility>

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

using namespace std::chrono_literals;

/**
 * The ports that somebody has at an address of `target`, and no probe, since its socket is no more than
 * bound; nothing where there is no table that could tell.
 */
std::optional<PortBits> engaged_ports(const BindTarget& target) {
  const auto is_meant = [&](const Address& address) {
    const auto meets = [&](const Address& meant) {
      return meant == address || (meant.is_any() && meant.family() == address.family());
    };
    const auto& meant = target.addresses();
    return target.is_everywhere() || address.is_any() || std::any_of(meant.begin(), meant.end(), meets);
  };
  PortBits ports;
  for (const Transport transport : target.transports()) {
    const auto table = table_sockets(transport, TableStates::kEngaged);
    const auto* sockets = std::get_if<std::vector<TableSocket>>(&table);
    if (sockets == nullptr) return std::nullopt;
    for (const TableSocket& socket : *sockets) {
      Address address = socket.local;
      address.set_port(0);
      if (is_meant(address)) ports.add(socket.local.port());
    }
  }
  return ports;
}

/**
 * Pauses before ports that could not be bound are asked again. Another probe of this machine may have held
 * them: for the time of its own question, which is a microsecond, or for as long as its thread had to wait
 * for a processor.
 */
constexpr std::chrono::milliseconds kPauses[] = {5ms, 10ms, 20ms, 40ms};

/** One thread's share of a scan by bind. */
class BindScan {
 public:
  BindScan(const BindTarget& target, ScanQueue& queue) : target_(target), probe_(target), queue_(queue) {}

  ScanResult run() {
    while (const std::optional<uint16_t> port = queue_.next()) {
      ask(*port);
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

  /** Those that no more than a bound socket has, until they are free or the pauses are over. */
  void ask_used_again() {
    const std::optional<PortBits> engaged = engaged_ports(target_);
    std::vector<uint16_t> doubtful;
    for (const uint16_t port : used_) {
      if (engaged && engaged->has(port)) {
        result_.add(port, Verdict::kUsed);
      } else {
        doubtful.push_back(port);
      }
    }
    for (const auto pause : kPauses) {
      if (doubtful.empty() || queue_.is_cancelled()) break;
      std::this_thread::sleep_for(pause);
      used_.clear();
      for (const uint16_t port : doubtful) {
        ask(port);
        if (result_.fault) return;
      }
      probe_.let_go();
      doubtful.swap(used_);
      if (!engaged) break;  // Every used port is doubtful then: one pause has to do.
    }
    for (const uint16_t port : doubtful) result_.add(port, Verdict::kUsed);
  }

  const BindTarget& target_;
  BindProbe probe_;
  ScanQueue& queue_;
  std::vector<uint16_t> used_;
  ScanResult result_;
};

}  // namespace

ScanResult scan_by_bind(const BindTarget& target, unsigned threads, ScanQueue& queue) {
  return share_scan(threads, [&] { return BindScan(target, queue).run(); });
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
