#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>

#include "outcome.h"
#include "thread.h"

namespace port_for {

/**
 * A few threads that do work in the order in which it comes: what finds none of them idle waits its turn.
 * They start when there is work for them, and stay until the queue ends.
 */
class WorkQueue {
 public:
  /** How its threads share the machine's processors with others. */
  enum class Priority { kNormal, kLow };

  WorkQueue(unsigned most_threads, Priority priority) : most_threads_(most_threads), priority_(priority) {}
  ~WorkQueue() { end(); }
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  /** Has `work` done, which must throw nothing; answers the reason where there is no thread for it. */
  std::optional<Fault> add(std::function<void()> work);
  /** Waits until all is done that was added. Nothing may be added from here on. */
  void end();

 private:
  void run();

  const unsigned most_threads_;
  const Priority priority_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  std::deque<Thread> threads_;
  size_t idle_ = 0;
  bool is_ending_ = false;
};

}  // namespace port_for
