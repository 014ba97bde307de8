#pragma once

#ifdef _WIN32
#include <cstdint>
#else
#include <pthread.h>
#endif

#include <functional>
#include <optional>

#include "outcome.h"

namespace port_for {

#ifdef _WIN32
using ThreadHandle = uintptr_t;
#else
using ThreadHandle = pthread_t;
#endif

/**
 * One thread, joined at its end. Unlike `std::thread` it answers an error where the system has no room for
 * another, as in a container whose number of tasks is limited.
 */
class Thread {
 public:
  Thread() = default;
  ~Thread() { join(); }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  /** Runs `work` on a thread of its own; answers the reason where there can be none. */
  std::optional<Fault> start(std::function<void()> work);
  /** Waits until the work is done; harmless where there is none. */
  void join();

 private:
  std::function<void()> work_;
  ThreadHandle handle_{};
  bool is_running_ = false;
};

/** Lets the other threads of the machine go before the calling one, where that can be said of one thread. */
void lower_thread_priority();

}  // namespace port_for
