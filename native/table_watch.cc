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
#include <vector>

#include "js_values.h"
#include "listener_question.h"
#include "socket_table.h"
#include "thread.h"
#include "watch_listener.h"

namespace port_for {

namespace {

using Clock = std::chrono::steady_clock;

/** Without a table: it may have been missing for want of a descriptor. */
constexpr std::chrono::seconds kRestWithoutTable{1};

/**
 * Up to so many addresses are asked for one by one: a question takes the kernel 3 to 8 us, a dump of all
 * listeners 20 us and some 0.3 us for each. Above it the dump comes first, and says for which there is
 * anything to ask.
 */
constexpr size_t kMostAlone = 8;

enum class State { kUnknown = -1, kNobody = 0, kSomebody = 1 };

State to_state(std::optional<bool> answer) {
  return !answer ? State::kUnknown : *answer ? State::kSomebody : State::kNobody;
}

/** What is looked at: an address with its port, and what was told of it last. */
struct Watched {
  uint32_t id;
  Address address;
  std::optional<State> told;
};

/** An address to look at from now on, or no longer. */
struct Edit {
  uint32_t id;
  std::optional<Address> address;
};

using Changes = std::vector<std::pair<uint32_t, State>>;

/** One watch. Its thread alone has the addresses; JavaScript leaves edits for it and takes the changes. */
class TableWatch {
 public:
  explicit TableWatch(SweepPace pace) : pace_(std::move(pace)) {}

  /** Starts the thread; it calls `tell` after each look that found a change, and `end` at last. */
  std::optional<Fault> start(std::function<void()> tell, std::function<void()> end) {
    return thread_.start([this, tell = std::move(tell), end = std::move(end)] {
      run(tell);
      end();
    });
  }

  /** Looks at one more address from now on, and begins the pace anew. */
  void add(uint32_t id, const Address& address) {
    const std::lock_guard<std::mutex> lock(mutex_);
    edits_.push_back({id, address});
    wake();
  }

  void remove(uint32_t id) {
    const std::lock_guard<std::mutex> lock(mutex_);
    edits_.push_back({id, std::nullopt});
  }

  /** Begins the pace anew, with a look. */
  void hurry() {
    const std::lock_guard<std::mutex> lock(mutex_);
    wake();
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

  /** Passes on what has changed since the last call. */
  void call(Napi::Env env, const Napi::Function& on_change) {
    const Changes changes = take_changes();
    if (changes.empty()) return;
    Napi::Array list = Napi::Array::New(env, 2 * changes.size());
    for (uint32_t index = 0; index < changes.size(); index++) {
      list.Set(2 * index, changes[index].first);
      list.Set(2 * index + 1, static_cast<int>(changes[index].second));
    }
    on_change.Call({list});
  }

 private:
  /** None once the watch is stopped. */
  Changes take_changes() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return is_stopped_ ? Changes() : std::exchange(changes_, {});
  }

  void wake() {
    is_hurried_ = true;
    woken_.notify_one();
  }

  void run(const std::function<void()>& tell) {
    Clock::time_point began = Clock::now();
    std::unique_lock<std::mutex> lock(mutex_);
    while (!is_stopped_) {
      const Clock::time_point start = Clock::now();
      const bool is_change = look(lock);
      const Clock::time_point end = Clock::now();
      if (is_change) tell();
      const auto is_disturbed = [this] { return is_hurried_ || is_stopped_; };
      woken_.wait_until(lock, end + rest(end - began, end - start), is_disturbed);
      if (std::exchange(is_hurried_, false)) began = Clock::now();
    }
  }

  /** Looks once, without the lock; whether there is news. Nothing is known where there is no memory for it.
   */
  bool look(std::unique_lock<std::mutex>& lock) {
    try {
      apply_edits();
      lock.unlock();
      const std::vector<State> states = look_at_all();
      lock.lock();
      return note(states);
    } catch (const std::bad_alloc&) {
      if (!lock.owns_lock()) lock.lock();
      is_blind_ = true;
      return false;
    }
  }

  void apply_edits() {
    for (const auto& [id, address] : edits_) {
      auto place = std::lower_bound(watched_.begin(), watched_.end(), id,
                                    [](const Watched& one, uint32_t wanted) { return one.id < wanted; });
      if (place != watched_.end() && place->id == id) place = watched_.erase(place);
      if (address) watched_.insert(place, Watched{id, *address, std::nullopt});
    }
    edits_.clear();
  }

  std::vector<State> look_at_all() {
    std::vector<State> states;
    states.reserve(watched_.size());
    const std::optional<PortBits> ports = watched_.size() > kMostAlone ? listening_ports() : std::nullopt;
    for (const Watched& one : watched_) {
      const bool is_surely_closed = ports && !ports->has(one.address.port());
      states.push_back(is_surely_closed ? State::kNobody : to_state(question_.ask(one.address)));
    }
    return states;
  }

  /** Nothing where there is no table, or it cannot be read just now. */
  static std::optional<PortBits> listening_ports() {
    const Result<PortBits> answer = table_ports(Transport::kTcp, TableStates::kListen);
    const PortBits* ports = std::get_if<PortBits>(&answer);
    return ports == nullptr ? std::nullopt : std::optional(*ports);
  }

  /** Keeps what a look found; whether anything of it is new. */
  bool note(const std::vector<State>& states) {
    auto state = states.begin();
    is_blind_ = !states.empty();
    for (Watched& one : watched_) {
      if (*state != State::kUnknown) is_blind_ = false;
      if (one.told != *state) {
        changes_.emplace_back(one.id, *state);
        one.told = *state;
      }
      state++;
    }
    return !changes_.empty();
  }

  Clock::duration rest(Clock::duration waited, Clock::duration sweep) {
    if (is_blind_) return kRestWithoutTable;
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
  std::vector<Edit> edits_;
  Changes changes_;
  // Of the thread alone.
  /** By id. */
  std::vector<Watched> watched_;
  bool is_blind_ = false;
  Clock::duration cost_ = std::chrono::seconds(1);
  ListenerQuestion question_;
  Thread thread_;
};

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
  constexpr auto kName = "port-for-native table watch";
  if (!WatchListener<TableWatch>::start(env, kName, on_change, watch)) return env.Undefined();
  // A watch ends with its thread, and not when the collector comes upon the handle: it has a descriptor.
  const auto with = [env, weak = std::weak_ptr<TableWatch>(watch)](auto act) {
    return Napi::Function::New(env, [weak, act](const Napi::CallbackInfo& info) {
      if (const auto watch = weak.lock()) act(*watch, info);
    });
  };
  Napi::Object handle = Napi::Object::New(env);
  handle.Set("add", with([](TableWatch& watch, const Napi::CallbackInfo& info) {
               const auto id = static_cast<uint32_t>(read_integer(info[0], "id", 0, UINT32_MAX));
               std::optional<Address> address = Address::parse(read_string(info[1], "address"));
               if (!address) throw unexpected(info[1], "address", "an IP address");
               address->set_port(static_cast<uint16_t>(read_integer(info[2], "port", 1, UINT16_MAX)));
               watch.add(id, *address);
             }));
  handle.Set("remove", with([](TableWatch& watch, const Napi::CallbackInfo& info) {
               watch.remove(static_cast<uint32_t>(read_integer(info[0], "id", 0, UINT32_MAX)));
             }));
  handle.Set("hurry", with([](TableWatch& watch, const Napi::CallbackInfo&) { watch.hurry(); }));
  handle.Set("stop", with([](TableWatch& watch, const Napi::CallbackInfo&) { watch.stop(); }));
  return handle;
}

}  // namespace port_for
