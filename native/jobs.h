#pragma once

#include <napi.h>

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "cleanup_hook.h"
#include "outcome.h"
#include "work_queue.h"

namespace port_for {

/** Work on another thread whose outcome settles a promise. */
class Job {
 public:
  virtual ~Job() = default;

  /** Does the work. No exception leaves it. */
  void run();
  /** Makes the work end soon; from any thread, at any time. */
  virtual void cancel() = 0;
  /** How much of it is done; from any thread. */
  virtual size_t done() const { return 0; }
  /** How many of its questions have ended, those included that nobody answered and that are asked again. */
  virtual size_t ended() const { return 0; }
  /** On the JavaScript thread, after run(): what the promise becomes. Throws what it is rejected with. */
  Napi::Value result(Napi::Env env);

 protected:
  /** Returns the kernel's error that stood in its way. */
  virtual std::optional<Fault> work() = 0;
  virtual Napi::Value write(Napi::Env env) = 0;

 private:
  std::optional<Fault> fault_;
  /** What else was thrown, as where there is no source of random numbers. */
  std::string problem_;
};

/**
 * The jobs under way in one JavaScript environment. They are cancelled, and their threads end, with it: a
 * worker thread that is terminated waits for none of them.
 */
class Jobs {
 public:
  explicit Jobs(Napi::Env env);
  ~Jobs() { end(); }
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  /** Picks take microseconds, or the time of a firewall's silence. As many threads as libuv has for such
   * work. */
  WorkQueue& picks() { return picks_; }
  /** One scan of this machine keeps two processors busy: more at once gain nothing. */
  WorkQueue& local_scans() { return local_scans_; }
  /** These wait for others most of the time: a thread is little but its stack. Sixteen hosts at once are
   * scanned side by side, more of them wait. */
  WorkQueue& remote_scans() { return remote_scans_; }

  /** Returns `{ result, done(), cancel() }`, the first a promise. */
  Napi::Value start(Napi::Env env, WorkQueue& queue, std::shared_ptr<Job> job);

 private:
  struct Pending {
    std::shared_ptr<Job> job;
    Napi::Promise::Deferred deferred;
  };

  static void settle(Napi::Env env, Napi::Function, Jobs* jobs, Job* job);
  using Settle = Napi::TypedThreadSafeFunction<Jobs, Job, settle>;

  void end();

  WorkQueue picks_{4, WorkQueue::Priority::kNormal};
  WorkQueue local_scans_{2, WorkQueue::Priority::kLow};
  WorkQueue remote_scans_{16, WorkQueue::Priority::kLow};
  std::unordered_map<Job*, Pending> pending_;
  Napi::FunctionReference handle_class_;
  /** Keeps the event loop alive while a job is pending. */
  std::optional<Settle> settle_;
  std::optional<CleanupHook> at_end_;
};

}  // namespace port_for
