#pragma once

#include <napi.h>

#include <functional>
#include <memory>
#include <unordered_set>

#include "scan.h"

namespace port_for {

/** What a scan does, on whatever thread it is called. */
using Scan = std::function<ScanResult(ScanQueue&)>;

struct ScanPlan {
  std::shared_ptr<ScanQueue> queue;
  Scan scan;
};

/** Does what the plan says. No exception leaves it. */
ScanResult run_scan(const ScanPlan& plan);

/** Reads the request that `lib/addon/contract.ts` declares as `ScanRequest`. */
ScanPlan read_scan_plan(const Napi::Object& request);

class ScanJob;

/** The scans under way in one JavaScript environment: they end with it. */
class ScanJobs {
 public:
  ScanJobs() = default;
  ~ScanJobs();
  ScanJobs(const ScanJobs&) = delete;
  ScanJobs& operator=(const ScanJobs&) = delete;

  /**
   * Starts a scan on a thread of its own, since one may take long and libuv's few threads serve files and
   * names. Returns `{ result, done(), cancel() }`: a promise, the ports asked so far, and what ends the scan
   * early.
   */
  Napi::Value start(Napi::Env env, ScanPlan plan);

 private:
  std::unordered_set<ScanJob*> jobs_;
};

}  // namespace port_for
