#include "process_handle.h"

#include <cerrno>

namespace port_for {

namespace {

int to_errno(DWORD error) {
  switch (error) {
    case ERROR_INVALID_PARAMETER:  // No process has the number.
      return ESRCH;
    case ERROR_ACCESS_DENIED:
      return EPERM;
    default:
      return EIO;
  }
}

}  // namespace

ProcessHandle::~ProcessHandle() {
  if (is_open_) CloseHandle(descriptor_);
}

Result<ProcessHandle> ProcessHandle::open(uint32_t pid) {
  const HANDLE process = OpenProcess(PROCESS_TERMINATE | SYNCHRONIZE, FALSE, pid);
  if (process == nullptr) return Fault{to_errno(GetLastError()), "OpenProcess"};
  return ProcessHandle(process);
}

int ProcessHandle::send(int) const {
  if (has_ended()) return ESRCH;
  return TerminateProcess(descriptor_, 1) ? 0 : to_errno(GetLastError());
}

bool ProcessHandle::has_ended() const {
  return WaitForSingleObject(descriptor_, 0) == WAIT_OBJECT_0;
}

}  // namespace port_for
