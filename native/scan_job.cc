#include "scan_job.h"

#include <algorithm>
#include <string>
#include <thread>
#include <utility>

#include "ephemeral_range.h"
#include "js_values.h"
#include "this_machine.h"
#include "thread.h"

namespace port_for {

namespace {

/** Below this many ports a second thread takes longer to start than it saves. */
constexpr size_t kPortsPerThread = 1024;
constexpr unsigned kMostThreads = 2;

/** How many threads ask this machine itself. */
unsigned threads_for(size_t ports) {
  const unsigned useful = static_cast<unsigned>(std::min<size_t>(ports / kPortsPerThread + 1, kMostThreads));
  return std::clamp(std::thread::hardware_concurrency(), 1u, useful);
}

PortBits ephemeral_ports() {
  PortBits ports;
  for (const PortRange& range : ephemeral_ranges()) ports.add_range(range.first, range.second);
  return ports;
}

ScanPlan plan_bind(const Napi::Object& request, std::shared_ptr<ScanQueue> queue) {
  BindTarget target(read_addresses(request.Get("hosts"), "hosts"),
                    read_transports(request.Get("transports"), "transports"));
  // Each thread needs a descriptor for each transport and address.
  const size_t sockets = target.addresses().size() * target.transports().size();
  const bool has_room = descriptors_left() >= 2 * sockets;
  const unsigned threads = has_room ? threads_for(queue->size()) : 1;
  return {std::move(queue),
          [target, threads](ScanQueue& work) { return scan_by_bind(target, threads, work); }};
}

ScanPlan plan_table(const Napi::Object& request, std::shared_ptr<ScanQueue> queue) {
  const Transport transport = read_transports(request.Get("transports"), "transports").front();
  return {std::move(queue), [transport](ScanQueue& work) { return scan_by_table(transport, work); }};
}

ScanPlan plan_connect(const Napi::Object& request, std::shared_ptr<ScanQueue> queue) {
  const Napi::Value hosts = request.Get("hosts");
  const std::vector<Address> addresses = read_addresses(hosts, "hosts");
  if (addresses.size() != 1) throw unexpected(hosts, "hosts", "one address to connect to");
  const Address address = addresses.front().client();
  // Another machine takes its time: one thread asks faster than it answers, and sees all that is lost.
  const auto wanted =
      static_cast<size_t>(read_integer(request.Get("concurrency"), "concurrency", 1, UINT16_MAX));
  // Half of the descriptors stay for the rest of the process: its next open() must not fail for our sake.
  const size_t left = descriptors_left();
  const size_t concurrency = std::min(wanted, std::max<size_t>(left / 2, 1));
  // Each thread needs a connection and a poller.
  const bool is_this_machine = machine_has(address);
  const bool is_shared = concurrency >= 2 && left >= 4 && is_this_machine;
  const unsigned threads = is_shared ? threads_for(queue->size()) : 1;
  const auto timeout = read_integer(request.Get("timeout"), "timeout", 1, INT32_MAX);
  const bool may_be_down = read_boolean(request.Get("mayBeDown"), "mayBeDown");
  const ConnectScanOptions options{address,
                                   is_this_machine,
                                   may_be_down,
                                   std::chrono::milliseconds(timeout),
                                   concurrency / threads,
                                   ephemeral_ports()};
  return {std::move(queue),
          [options, threads](ScanQueue& work) { return scan_by_connect(options, threads, work); }};
}

}  // namespace

ScanPlan read_scan_plan(const Napi::Object& request) {
  using Plan = ScanPlan (*)(const Napi::Object&, std::shared_ptr<ScanQueue>);
  const auto plan = read_word<Plan>(request.Get("method"), "method",
                                    {{"bind", plan_bind}, {"connect", plan_connect}, {"table", plan_table}});
  return plan(request, std::make_shared<ScanQueue>(read_ports(request.Get("ports"), "ports").to_vector()));
}

ScanResult run_scan(const ScanPlan& plan) {
  return catch_shortage([&] { return plan.scan(*plan.queue); });
}

/** One scan under way. Lives until its thread has ended and its promise is settled, or its environment ends.
 */
class ScanJob {
 public:
  ScanJob(Napi::Env env, ScanPlan plan, std::unordered_set<ScanJob*>& jobs)
      : env_(env), deferred_(Napi::Promise::Deferred::New(env)), plan_(std::move(plan)), jobs_(jobs) {
    settle_ = Settle::New(env, "port-for-native scan", 0, 1, this);
    jobs_.insert(this);
    // Hooks run in reverse order: the thread ends before the environment takes down the function that it
    // calls.
    napi_add_env_cleanup_hook(env, stop, this);
  }

  ~ScanJob() {
    napi_remove_env_cleanup_hook(env_, stop, this);
    stop(this);
    jobs_.erase(this);
  }

  ScanJob(const ScanJob&) = delete;
  ScanJob& operator=(const ScanJob&) = delete;

  /** Starts the scan; the promise tells also of its failing to start. */
  Napi::Promise start() {
    const Napi::Promise promise = deferred_.Promise();
    const std::optional<Fault> fault = thread_.start([this] {
      lower_thread_priority();
      result_ = run_scan(plan_);
      settle_.BlockingCall();
      settle_.Release();
    });
    if (fault) {
      result_.fault = fault;
      settle_.BlockingCall();
      settle_.Release();
    }
    return promise;
  }

 private:
  static void stop(void* job) {
    auto* self = static_cast<ScanJob*>(job);
    self->plan_.queue->cancel();
    self->thread_.join();
  }

  static void settle(Napi::Env env, Napi::Function, ScanJob* job, void*) {
    // No environment any more: ScanJobs ends the job.
    if (env == nullptr) return;
    const Napi::HandleScope scope(env);
    const std::optional<Fault>& fault = job->result_.fault;
    if (fault) {
      job->deferred_.Reject(to_error(env, *fault).Value());
    } else {
      job->deferred_.Resolve(write_scan_result(env, job->result_));
    }
    delete job;
  }

  using Settle = Napi::TypedThreadSafeFunction<ScanJob, void, settle>;

  Napi::Env env_;
  Napi::Promise::Deferred deferred_;
  ScanPlan plan_;
  std::unordered_set<ScanJob*>& jobs_;
  ScanResult result_;
  Settle settle_;
  Thread thread_;
};

ScanJobs::~ScanJobs() {
  while (!jobs_.empty()) delete *jobs_.begin();
}

Napi::Value ScanJobs::start(Napi::Env env, ScanPlan plan) {
  // The handle stays until JavaScript's garbage is collected: it must not keep the list of ports that long.
  const std::weak_ptr<ScanQueue> queue = plan.queue;
  const size_t size = plan.queue->size();
  Napi::Object handle = Napi::Object::New(env);
  handle.Set("result", (new ScanJob(env, std::move(plan), jobs_))->start());
  handle.Set("done", Napi::Function::New(env, [queue, size](const Napi::CallbackInfo& info) {
               const std::shared_ptr<ScanQueue> work = queue.lock();
               return Napi::Number::New(info.Env(), static_cast<double>(work ? work->done() : size));
             }));
  handle.Set("cancel", Napi::Function::New(env, [queue](const Napi::CallbackInfo&) {
               if (const std::shared_ptr<ScanQueue> work = queue.lock()) work->cancel();
             }));
  return handle;
}

}  // namespace port_for
