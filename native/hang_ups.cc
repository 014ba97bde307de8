#include "hang_ups.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace port_for {

namespace {

using namespace std::chrono_literals;

/** How long a scan waits for servers to close. Most do within a turn of their event loop, a millisecond or
 * so; a busy one takes longer, and a caller hardly notices a tenth of a second. */
constexpr auto kMoment = 100ms;

/** How long the end of the environment waits for a server that says nothing, and for one that goes on
 * speaking. */
constexpr auto kLastMoment = 400ms;
constexpr auto kLastPatience = 2s;

/** How long a server may go on speaking while nobody waits: as LONGEST_STAY of lib/wait/hang-up.ts. */
constexpr auto kPatience = 5s;

/** How often connections are looked at: soon at first, since most servers close at once, then half as often
 * each time, down to 20 looks a second. */
constexpr std::chrono::milliseconds kShortestRest = 1ms;
constexpr std::chrono::milliseconds kLongestRest = 50ms;

/**
 * With more connections than this, or than a quarter of what the process may still open, scans begin no more
 * and each is kept for a shorter time. Of twice as many the oldest is closed: picks do not wait for room. For
 * a few nobody counts the descriptors.
 */
constexpr size_t kMostConnections = 4096;
constexpr size_t kFewConnections = 16;
constexpr auto kCrowdedPatience = 1s;

}  // namespace

bool HangUps::add(Socket socket) {
  socket.finish_sending();
  const Clock::time_point now = Clock::now();
  const std::lock_guard<std::mutex> lock(mutex_);
  connections_.push_back({std::move(socket), now, now});
  if (connections_.size() > kFewConnections) {
    most_ = std::clamp<size_t>(descriptors_left() / 4, kFewConnections, kMostConnections);
    if (connections_.size() > 2 * most_) connections_.pop_front();
  }
  // Where there can be no thread, wait(), is_crowded() and end() do its work.
  if (!is_running_) is_running_ = !thread_.start([this] { run(); });
  changed_.notify_all();
  return has_too_many();
}

bool HangUps::is_crowded(std::chrono::milliseconds patience) {
  const Clock::time_point end = Clock::now() + patience;
  std::unique_lock<std::mutex> lock(mutex_);
  while (has_too_many() && Clock::now() < end) {
    changed_.wait_for(lock, kShortestRest);
    if (!is_running_) drop_finished();
  }
  return has_too_many();
}

void HangUps::wait() {
  const Clock::time_point end = Clock::now() + kMoment;
  wait_while([end](const Connection& connection) {
    return Clock::now() < std::min(end, connection.begun + kMoment);
  });
}

void HangUps::end() {
  wait_while([](const Connection& connection) {
    return Clock::now() < std::min(connection.heard + kLastMoment, connection.begun + kLastPatience);
  });
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_ending_ = true;
    changed_.notify_all();
  }
  thread_.join();
  connections_.clear();
}

void HangUps::wait_while(const std::function<bool(const Connection&)>& is_awaited) {
  std::unique_lock<std::mutex> lock(mutex_);
  auto rest = kShortestRest;
  while (std::any_of(connections_.begin(), connections_.end(), is_awaited)) {
    changed_.wait_for(lock, rest);
    rest = std::min(rest * 2, kLongestRest);
    if (!is_running_) drop_finished();
  }
}

void HangUps::run() {
  std::unique_lock<std::mutex> lock(mutex_);
  auto rest = kShortestRest;
  while (!is_ending_) {
    if (connections_.empty()) {
      changed_.wait(lock, [this] { return is_ending_ || !connections_.empty(); });
      rest = kShortestRest;
      continue;
    }
    const Clock::time_point begun = Clock::now();
    rest = drop_finished() ? kShortestRest : std::min(rest * 2, kLongestRest);
    // With thousands of them a look takes milliseconds: it may take a fifth of a core.
    rest = std::max(rest, std::chrono::ceil<std::chrono::milliseconds>(4 * (Clock::now() - begun)));
    if (connections_.empty()) changed_.notify_all();
    const size_t count = connections_.size();
    const auto has_changed = [&] { return is_ending_ || connections_.size() > count; };
    if (changed_.wait_for(lock, rest, has_changed)) rest = kShortestRest;
  }
}

bool HangUps::has_too_many() const {
  return connections_.size() > most_;
}

/** Reads what the servers said; true where any closed, or its time was up. */
bool HangUps::drop_finished() {
  const Clock::time_point now = Clock::now();
  const Clock::duration patience = has_too_many() ? kCrowdedPatience : kPatience;
  const size_t before = connections_.size();
  connections_.remove_if([now, patience](Connection& connection) {
    size_t bytes = 0;
    const int state = connection.socket.discard_input(&bytes);
    if (bytes > 0) connection.heard = now;
    return state != EWOULDBLOCK || now - connection.begun >= patience;
  });
  return connections_.size() < before;
}

}  // namespace port_for
