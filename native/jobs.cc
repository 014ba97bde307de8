#include "jobs.h"

#include <exception>
#include <new>
#include <utility>

#include "js_values.h"

namespace port_for {

void Job::run() {
  try {
    fault_ = work();
  } catch (const std::bad_alloc&) {
    fault_ = Fault{ENOMEM, "malloc"};
  } catch (const std::exception& exception) {
    problem_ = exception.what();
  }
}

Napi::Value Job::result(Napi::Env env) {
  if (fault_) throw to_error(env, *fault_);
  if (!problem_.empty()) throw Napi::Error::New(env, problem_);
  return write(env);
}

namespace {

/** What JavaScript has of a job. It keeps no finished job: it stays until garbage is collected. */
class JobHandle : public Napi::ObjectWrap<JobHandle> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Job",
                       {InstanceMethod("done", &JobHandle::Done), InstanceMethod("ended", &JobHandle::Ended),
                        InstanceMethod("cancel", &JobHandle::Cancel)});
  }

  explicit JobHandle(const Napi::CallbackInfo& info) : ObjectWrap(info) {}

  void hold(const std::shared_ptr<Job>& job) { job_ = job; }

 private:
  Napi::Value Done(const Napi::CallbackInfo& info) {
    if (const std::shared_ptr<Job> job = job_.lock()) done_ = job->done();
    return Napi::Number::New(info.Env(), static_cast<double>(done_));
  }

  Napi::Value Ended(const Napi::CallbackInfo& info) {
    if (const std::shared_ptr<Job> job = job_.lock()) ended_ = job->ended();
    return Napi::Number::New(info.Env(), static_cast<double>(ended_));
  }

  void Cancel(const Napi::CallbackInfo&) {
    if (const std::shared_ptr<Job> job = job_.lock()) job->cancel();
  }

  std::weak_ptr<Job> job_;
  size_t done_ = 0;
  size_t ended_ = 0;
};

}  // namespace

Jobs::Jobs(Napi::Env env) : handle_class_(Napi::Persistent(JobHandle::define(env))) {}

Napi::Value Jobs::start(Napi::Env env, WorkQueue& queue, std::shared_ptr<Job> job) {
  if (!settle_) {
    settle_ = Settle::New(env, "port-for-native job", 0, 1, this);
    at_end_.emplace(env, [this] { end(); });
  }
  Napi::Object handle = handle_class_.New({});
  JobHandle::Unwrap(handle)->hold(job);
  const auto deferred = Napi::Promise::Deferred::New(env);
  handle.Set("result", deferred.Promise());
  pending_.emplace(job.get(), Pending{job, deferred});
  const std::optional<Fault> fault = queue.add([this, job] {
    job->run();
    settle_->NonBlockingCall(job.get());
  });
  if (fault) {
    pending_.erase(job.get());
    deferred.Reject(to_error(env, *fault).Value());
  } else {
    settle_->Ref(env);
  }
  return handle;
}

void Jobs::settle(Napi::Env env, Napi::Function, Jobs* jobs, Job* job) {
  if (env == nullptr) return;  // The environment has ended, and its jobs with it.
  const Napi::HandleScope scope(env);
  const auto found = jobs->pending_.find(job);
  const Pending pending = std::move(found->second);
  jobs->pending_.erase(found);
  if (jobs->pending_.empty()) jobs->settle_->Unref(env);
  try {
    pending.deferred.Resolve(pending.job->result(env));
  } catch (const Napi::Error& error) {
    pending.deferred.Reject(error.Value());
  }
}

void Jobs::end() {
  for (const auto& [job, pending] : pending_) job->cancel();
  for (WorkQueue* queue : {&picks_, &local_scans_, &remote_scans_}) queue->end();
}

}  // namespace port_for
