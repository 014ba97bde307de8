#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "bind_probe.h"
#include "hang_ups.h"
#include "outcome.h"
#include "port_bits.h"

namespace port_for {

/** The ports of a scan by what was learned of them, as `lib/addon/contract.ts` has them; a `ScanResult` of
 * the library puts several together. A fault means that the scan ended early: it is no answer. */
struct ScanBits {
  PortBits free, used, denied, filtered;
  /** The filtered ports of which the network says that they cannot be reached. */
  PortBits unreachable;
  std::optional<Fault> fault;
  /** The method cannot ask here: there is no socket table, or the address that it connects to does not work.
   */
  bool cannot_ask = false;

  void add(uint16_t port, Verdict verdict);
  void merge(const ScanBits& other);
};

/** The work of one scan, shared by its threads: each takes the next ports until none are left. */
class ScanQueue {
 public:
  explicit ScanQueue(std::vector<uint16_t> ports) : ports_(std::move(ports)) {}

  /** The next port to ask; nothing when all were taken or the scan was cancelled. */
  std::optional<uint16_t> next() {
    if (is_cancelled()) return std::nullopt;
    const size_t index = next_.fetch_add(1, std::memory_order_relaxed);
    return index < ports_.size() ? std::optional(ports_[index]) : std::nullopt;
  }

  std::optional<uint16_t> first() const {
    return ports_.empty() ? std::nullopt : std::optional(ports_.front());
  }

  void count_done() { done_.fetch_add(1, std::memory_order_relaxed); }
  size_t done() const { return done_.load(std::memory_order_relaxed); }
  /** For each question that has ended, answered or not: what is silent is asked again before it is done. */
  void count_ended() { ended_.fetch_add(1, std::memory_order_relaxed); }
  size_t ended() const { return ended_.load(std::memory_order_relaxed); }
  size_t size() const { return ports_.size(); }

  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  bool is_cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

 private:
  std::vector<uint16_t> ports_;
  std::atomic<size_t> next_{0};
  std::atomic<size_t> done_{0};
  std::atomic<size_t> ended_{0};
  std::atomic<bool> cancelled_{false};
};

/**
 * Does `work`, one thread's share of a scan, on `threads` threads, this one included, and puts together what
 * they found. One that cannot be started leaves its share to the others.
 */
ScanBits share_scan(unsigned threads, const std::function<ScanBits()>& work);

/**
 * Asks by bind, on `threads` threads. What a second one gains depends on the kernel, from a tenth to nearly
 * all, since they meet at the table of descriptors.
 */
ScanBits scan_by_bind(const BindTarget& target, unsigned threads, ScanQueue& queue);

/** Asks the socket table, in one look. */
ScanBits scan_by_table(Transport transport, ScanQueue& queue);

struct ConnectScanOptions {
  Address address;
  /** This machine answers within the call; others take their time. */
  bool is_this_machine;
  /** A loopback address that stands for every address of this machine: is left out where it does not work. */
  bool skip_if_down;
  /** Counted from each port's own attempt. */
  std::chrono::milliseconds timeout;
  /** Connections under way at most, on this thread. */
  size_t concurrency;
  /** Ports that a client could have as its own: a connection to them on this machine is asked for twice. */
  PortBits ephemeral;
  /** Where connections end that were accepted. */
  HangUps* hang_ups;
  /** They are reset instead, which leaves no TIME_WAIT. */
  bool resets;
};

/** Asks by connect, with many connections under way on each of `threads` threads, this one included. */
ScanBits scan_by_connect(const ConnectScanOptions& options, unsigned threads, ScanQueue& queue);

}  // namespace port_for
