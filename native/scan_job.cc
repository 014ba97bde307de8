#include "scan_job.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "ephemeral_range.h"
#include "js_values.h"
#include "scan.h"
#include "this_machine.h"

namespace port_for {

namespace {

struct ScanPlan {
  std::shared_ptr<ScanQueue> queue;
  /** What to do, on whatever thread. */
  std::function<ScanBits(ScanQueue&)> scan;
  /** Other machines answer, which takes its time. */
  bool is_remote = false;
};

/** Below this many ports a second thread takes longer to start than it saves. */
constexpr size_t kPortsPerThread = 1024;

/**
 * Two threads take 0.51 of the time of one. All of them meet at the process's table of descriptors and at the
 * kernel's tables of ports, so that each further one gains less; how much less, nobody has measured on a
 * machine with more processors (`bench/` prints the curve).
 */
constexpr unsigned kMostThreads = 4;

/**
 * How many threads ask this machine itself: half of its processors, since the rest of the machine goes on
 * meanwhile, and its servers have to answer what is asked by connect. Two of two, at a lower priority.
 */
unsigned threads_for(size_t ports) {
  const unsigned processors = std::max(std::thread::hardware_concurrency(), 1u);
  const unsigned fair = std::min(processors, std::clamp(processors / 2, 2u, kMostThreads));
  return static_cast<unsigned>(std::min<size_t>(ports / kPortsPerThread + 1, fair));
}

PortBits ephemeral_ports(Napi::Env env) {
  PortBits ports;
  for (const PortRange& range : or_throw(env, ephemeral_ranges())) ports.add_range(range.first, range.second);
  return ports;
}

ScanPlan plan_bind(const Napi::Object& request, HangUps&, std::shared_ptr<ScanQueue> queue) {
  BindTarget target(read_addresses(request.Get("hosts"), "hosts"),
                    read_transports(request.Get("transports"), "transports"));
  // Each thread needs a descriptor for each transport and address.
  const size_t sockets = target.addresses().size() * target.transports().size();
  const bool has_room = descriptors_left() >= 2 * sockets;
  const unsigned threads = has_room ? threads_for(queue->size()) : 1;
  return {std::move(queue),
          [target, threads](ScanQueue& work) { return scan_by_bind(target, threads, work); }};
}

ScanPlan plan_table(const Napi::Object& request, HangUps&, std::shared_ptr<ScanQueue> queue) {
  const Transport transport = read_transports(request.Get("transports"), "transports").front();
  return {std::move(queue), [transport](ScanQueue& work) { return scan_by_table(transport, work); }};
}

ScanPlan plan_connect(const Napi::Object& request, HangUps& hang_ups, std::shared_ptr<ScanQueue> queue) {
  const Napi::Value hosts = request.Get("hosts");
  const std::vector<Address> addresses = read_addresses(hosts, "hosts");
  if (addresses.size() != 1) throw unexpected(hosts, "hosts", "one address to connect to");
  const Address& address = addresses.front();
  // Another machine takes its time: one thread asks faster than it answers, and sees all that is lost.
  const auto wanted =
      static_cast<size_t>(read_integer(request.Get("concurrency"), "concurrency", 1, UINT16_MAX));
  // Half of the descriptors stay for the rest of the process: its next open() must not fail for our sake.
  const size_t left = descriptors_left();
  const size_t concurrency = std::min(wanted, std::max<size_t>(left / 2, 1));
  // Each thread needs a connection and a poller.
  const bool is_this_machine = or_throw(request.Env(), machine_has(address));
  const bool is_shared = concurrency >= 2 && left >= 4 && is_this_machine;
  const unsigned threads = is_shared ? threads_for(queue->size()) : 1;
  const auto timeout = read_integer(request.Get("timeout"), "timeout", 1, INT32_MAX);
  const bool skip_if_down = read_boolean(request.Get("skipIfDown"), "skipIfDown");
  const bool resets = read_boolean(request.Get("reset"), "reset");
  const ConnectScanOptions options{address,
                                   is_this_machine,
                                   skip_if_down,
                                   std::chrono::milliseconds(timeout),
                                   concurrency / threads,
                                   ephemeral_ports(request.Env()),
                                   &hang_ups,
                                   resets};
  return {std::move(queue),
          [options, threads](ScanQueue& work) { return scan_by_connect(options, threads, work); },
          !is_this_machine};
}

ScanPlan read_scan_plan(const Napi::Object& request, HangUps& hang_ups) {
  using Plan = ScanPlan (*)(const Napi::Object&, HangUps&, std::shared_ptr<ScanQueue>);
  const auto plan = read_word<Plan>(request.Get("method"), "method",
                                    {{"bind", plan_bind}, {"connect", plan_connect}, {"table", plan_table}});
  return plan(request, hang_ups,
              std::make_shared<ScanQueue>(read_ports(request.Get("ports"), "ports").to_vector()));
}

class ScanJob : public Job {
 public:
  explicit ScanJob(ScanPlan plan) : plan_(std::move(plan)) {}

  void cancel() override { plan_.queue->cancel(); }
  size_t done() const override { return plan_.queue->done(); }
  size_t ended() const override { return plan_.queue->ended(); }

 protected:
  std::optional<Fault> work() override {
    result_ = plan_.scan(*plan_.queue);
    return result_.fault;
  }
  Napi::Value write(Napi::Env env) override { return write_scan_bits(env, result_); }

 private:
  ScanPlan plan_;
  ScanBits result_;
};

}  // namespace

Napi::Value scan_now(const Napi::CallbackInfo& info, HangUps& hang_ups) {
  ScanJob job(read_scan_plan(read_object(info[0], "request"), hang_ups));
  job.run();
  return job.result(info.Env());
}

Napi::Value start_scan(const Napi::CallbackInfo& info, HangUps& hang_ups, Jobs& jobs) {
  ScanPlan plan = read_scan_plan(read_object(info[0], "request"), hang_ups);
  WorkQueue& queue = plan.is_remote ? jobs.remote_scans() : jobs.local_scans();
  return jobs.start(info.Env(), queue, std::make_shared<ScanJob>(std::move(plan)));
}

}  // namespace port_for
