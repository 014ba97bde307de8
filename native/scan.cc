#include "scan.h"

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

ScanResult scan_by_bind(const BindTarget& target, ScanQueue& queue) {
  ScanResult result;
  BindProbe probe(target);
  while (const std::optional<uint16_t> port = queue.next()) {
    const Outcome outcome = probe.probe(*port);
    if (const Fault* fault = std::get_if<Fault>(&outcome)) {
      result.fault = *fault;
      break;
    }
    result.add(*port, std::get<Verdict>(outcome));
    queue.count_done();
  }
  return result;
}
