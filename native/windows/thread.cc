#include "thread.h"

#include <process.h>
#include <windows.h>

#include <cerrno>
#include <utility>

namespace port_for {

std::optional<Fault> Thread::start(std::function<void()> work) {
  join();
  work_ = std::move(work);
  const auto run = [](void* thread) -> unsigned {
    static_cast<Thread*>(thread)->work_();
    return 0;
  };
  handle_ = _beginthreadex(nullptr, 0, run, this, 0, nullptr);
  is_running_ = handle_ != 0;
  if (is_running_) return std::nullopt;
  return Fault{errno, "_beginthreadex"};
}

void Thread::join() {
  if (!std::exchange(is_running_, false)) return;
  const auto handle = reinterpret_cast<HANDLE>(handle_);
  WaitForSingleObject(handle, INFINITE);
  CloseHandle(handle);
}

void lower_thread_priority() {
  SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_BELOW_NORMAL);
}

}  // namespace port_for
