#include "thread.h"

#include <utility>

namespace port_for {

namespace {

/** What a probe needs at most, many times over; the usual 8 MiB are too many where memory is locked. */
#ifdef __SANITIZE_THREAD__
constexpr size_t kStackBytes = 8 * 1024 * 1024;  // Thread Sanitizer keeps its own there, a megabyte and more.
#else
constexpr size_t kStackBytes = 512 * 1024;
#endif

}  // namespace

std::optional<Fault> Thread::start(std::function<void()> work) {
  join();
  work_ = std::move(work);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  const auto run = [](void* thread) -> void* {
    static_cast<Thread*>(thread)->work_();
    return nullptr;
  };
  const int error = pthread_create(&handle_, &attributes, run, this);
  pthread_attr_destroy(&attributes);
  is_running_ = error == 0;
  if (is_running_) return std::nullopt;
  return Fault{error, "pthread_create"};
}

void Thread::join() {
  if (std::exchange(is_running_, false)) pthread_join(handle_, nullptr);
}

}  // namespace port_for
