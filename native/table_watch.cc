#include "table_watch.h"

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <utility>

#include "js_values.h"
#include "socket_table.h"
#include "thread.h"

namespace port_for {

namespace {

using Clock = std::chrono::steady_clock;

/** Without a table: it may have been missing for want of a descriptor. */
constexpr std::chrono::seconds kRestWithoutTable{1};

/** Nothing where there is no table, or it cannot be read just now, be it for want of memory. */
std::optional<PortBits> listening_ports() {
  try {
    const Result<PortBits> answer = socket_table(Transport::kTcp, TableStates::kListen);
    const PortBits* ports = std::get_if<PortBits>(&answer);
    return ports == nullptr ? std::nullopt : std::optional(*ports);
  } catch (const std::bad_alloc&) {
    return std::nullopt;
  }
}

/** One watch, and what its thread and JavaScript share. */
class TableWatch {
 public:
  explicit TableWatch(SweepPace pace) : pace_(std::move(pace)) {}

  /** Starts the thread; it calls `tell` after each sweep that found a change, and `end` at last. */
  std::optional<Fault> start(std::function<void()> tell, std::function<void()> end) {
    return thread_.start([this, tell = std::move(tell), end = std::move(end)] {
      run(tell);
      end();
    });
  }

  /** Begins the pace anew, with a sweep. */
  void hurry() {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_hurried_ = true;
    woken_.notify_one();
  }

  /** Lets the thread end when it has done its sweep, and nothing be told any more. */
  void stop() {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_stopped_ = true;
    woken_.notify_one();
  }

  /** Waits for its end; harmless when that was done. */
  void join() {
    stop();
    thread_.join();
  }

  bool is_stopped() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return is_stopped_;
  }

  /** What the last sweep found. */
  std::optional<PortBits> ports() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return ports_;
  }

 private:
  void run(const std::function<void()>& tell) {
    Clock::time_point began = Clock::now();
    std::unique_lock<std::mutex> lock(mutex_);
    for (bool is_first = true; !is_stopped_; is_first = false) {
      lock.unlock();
      const Clock::time_point start = Clock::now();
      const std::optional<PortBits> ports = listening_ports();
      const Clock::time_point end = Clock::now();
      lock.lock();
      const bool is_change = is_first || ports != ports_;
      ports_ = ports;
      if (is_change) tell();
      const auto is_disturbed = [this] { return is_hurried_ || is_stopped_; };
      woken_.wait_until(lock, end + rest(end - began, end - start), is_disturbed);
      if (std::exchange(is_hurried_, false)) began = Clock::now();
    }
  }

  Clock::duration rest(Clock::duration waited, Clock::duration sweep) {
    if (!ports_) return kRestWithoutTable;
    // A sweep that was interrupted hardly counts.
    cost_ = std::min(sweep, cost_ + cost_ / 8);
    const auto is_now = [waited](const SweepPace::Step& step) { return waited < step.until; };
    const auto step = std::find_if(pace_.steps.begin(), pace_.steps.end() - 1, is_now);
    const SweepPace::Milliseconds longest =
        std::max<SweepPace::Milliseconds>(step->rest, cost_ * pace_.rest_per_sweep);
    return std::chrono::duration_cast<Clock::duration>(longest);
  }

  const SweepPace pace_;
  std::mutex mutex_;
  std::condition_variable woken_;
  bool is_hurried_ = false;
  bool is_stopped_ = false;
  std::optional<PortBits> ports_;
  Clock::duration cost_ = std::chrono::seconds(1);
  Thread thread_;
};

using SharedWatch = std::shared_ptr<TableWatch>;

void call_listener(Napi::Env env, Napi::Function on_change, SharedWatch* watch, void*) {
  if (env == nullptr || (*watch)->is_stopped()) return;
  const Napi::HandleScope scope(env);
  const std::optional<PortBits> ports = (*watch)->ports();
  on_change.Call({ports ? write_ports(env, *ports) : env.Undefined()});
}

using Listener = Napi::TypedThreadSafeFunction<SharedWatch, void, call_listener>;

void join_watch(void* watch) {
  static_cast<TableWatch*>(watch)->join();
}

/**
 * A listener for which one call is under way at most, since each asks for the latest ports. It is taken down
 * after the thread let go of it, so that nobody waits for the thread's last sweep.
 */
Listener make_listener(Napi::Env env, const Napi::Function& on_change, const SharedWatch& watch) {
  const auto forget = [](Napi::Env from, void*, SharedWatch* context) {
    napi_remove_env_cleanup_hook(from, join_watch, context->get());
    (*context)->join();
    delete context;
  };
  Listener listener =
      Listener::New(env, on_change, "port-for-native table watch", 1, 1, new SharedWatch(watch), forget);
  listener.Unref(env);
  return listener;
}

/** What is longer is no rest, and what is more no share: they only have to fit into a clock. */
constexpr double kLongestRest = 24.0 * 60 * 60 * 1000;
constexpr double kMostRestPerSweep = 1e6;

SweepPace::Step read_step(const Napi::Value& value, const char* name) {
  const auto step = read_list(
      value, name, +[](const Napi::Value& item, const char* of) {
        return read_number(item, of, 0, std::numeric_limits<double>::infinity());
      });
  if (step.size() != 2 || step[1] > kLongestRest)
    throw unexpected(value, name, "pairs of a time and a rest of a day at most");
  return {SweepPace::Milliseconds(step[0]), SweepPace::Milliseconds(step[1])};
}

}  // namespace

SweepPace read_sweep_pace(const Napi::Object& pace) {
  const Napi::Value steps = pace.Get("steps");
  SweepPace read{read_list(steps, "steps", read_step),
                 read_number(pace.Get("restPerSweep"), "restPerSweep", 0, kMostRestPerSweep)};
  if (read.steps.empty()) throw unexpected(steps, "steps", "one step at least");
  return read;
}

Napi::Value watch_listeners(Napi::Env env, SweepPace pace, const Napi::Function& on_change) {
  const auto watch = std::make_shared<TableWatch>(std::move(pace));
  const Listener listener = make_listener(env, on_change, watch);
  const auto tell = [listener] { listener.NonBlockingCall(); };
  const auto end = [listener]() mutable { listener.Release(); };
  if (watch->start(tell, end)) {
    Listener(listener).Release();
    return env.Undefined();
  }
  // Hooks run in reverse order: the thread ends before the environment takes down the function that it calls.
  napi_add_env_cleanup_hook(env, join_watch, watch.get());
  Napi::Object handle = Napi::Object::New(env);
  handle.Set("hurry", Napi::Function::New(env, [watch](const Napi::CallbackInfo&) { watch->hurry(); }));
  handle.Set("stop", Napi::Function::New(env, [watch](const Napi::CallbackInfo&) { watch->stop(); }));
  return handle;
}

}  // namespace port_for
