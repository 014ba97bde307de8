#include "process_handle.h"

namespace port_for {

ProcessHandle::~ProcessHandle() = default;

Result<ProcessHandle> ProcessHandle::open(uint32_t) {
  return Fault{ENOSYS, "process handle"};
}

int ProcessHandle::send(int) const {
  return ENOSYS;
}

bool ProcessHandle::has_ended() const {
  return false;
}

}  // namespace port_for
