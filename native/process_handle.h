#pragma once

#ifdef _WIN32
#include <windows.h>
#include <winsock2.h>
#endif

#include <cstdint>
#include <unordered_map>
#include <utility>

#include "outcome.h"

namespace port_for {

#ifdef _WIN32
using ProcessDescriptor = HANDLE;
#else
using ProcessDescriptor = int;
#endif

/**
 * One process, and never another that was given its number after its end: a pidfd on Linux, a handle on
 * Windows. The other systems have none.
 */
class ProcessHandle {
 public:
  ProcessHandle(ProcessHandle&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, ProcessDescriptor{})),
        is_open_(std::exchange(other.is_open_, false)) {}
  ~ProcessHandle();
  ProcessHandle(const ProcessHandle&) = delete;
  ProcessHandle& operator=(const ProcessHandle&) = delete;

  /** ESRCH where there is no such process, EPERM where this one may not end it, ENOSYS without handles. */
  static Result<ProcessHandle> open(uint32_t pid);

  /** Sends a signal, numbered as the system does; on Windows each ends the process. Answers 0 or an errno
   * value: ESRCH where it has ended. */
  int send(int signal) const;
  bool has_ended() const;

 private:
  explicit ProcessHandle(ProcessDescriptor descriptor) : descriptor_(descriptor), is_open_(true) {}

  ProcessDescriptor descriptor_;
  bool is_open_;
};

/** The handles that one JavaScript environment has open, by a number that is never used twice. */
class ProcessTable {
 public:
  uint32_t add(ProcessHandle handle) {
    handles_.emplace(++last_id_, std::move(handle));
    return last_id_;
  }
  /** Nothing where it was closed. */
  const ProcessHandle* find(uint32_t id) const {
    const auto found = handles_.find(id);
    return found == handles_.end() ? nullptr : &found->second;
  }
  /** Harmless where it was closed before. */
  void close(uint32_t id) { handles_.erase(id); }

 private:
  std::unordered_map<uint32_t, ProcessHandle> handles_;
  uint32_t last_id_ = 0;
};

}  // namespace port_for
