#include "file_lock.h"

#include <uv.h>

#include <cerrno>

#include "content_guard.h"

namespace port_for {

namespace {

// Windows bars everybody else from the bytes that are locked, readers too: one is taken that no file has.
constexpr DWORD kFarBeyondTheEnd = 0x7fffffff;

int errno_of_lock(DWORD error) {
  switch (error) {
    case ERROR_LOCK_VIOLATION:
    case ERROR_IO_PENDING:
      return EWOULDBLOCK;
    case ERROR_ACCESS_DENIED:
      return EACCES;
    default:
      return EIO;
  }
}

int lock_far_byte(int descriptor, DWORD flags) {
  // Descriptors are the C library's, and Node has one of its own inside: _get_osfhandle() here would not know
  // them.
  const HANDLE file = uv_get_osfhandle(descriptor);
  if (file == INVALID_HANDLE_VALUE) return EBADF;
  OVERLAPPED place{};
  place.OffsetHigh = kFarBeyondTheEnd;
  flags |= LOCKFILE_FAIL_IMMEDIATELY;
  return LockFileEx(file, flags, 0, 1, 0, &place) ? 0 : errno_of_lock(GetLastError());
}

}  // namespace

int try_lock_file(int descriptor) {
  return lock_far_byte(descriptor, LOCKFILE_EXCLUSIVE_LOCK);
}

int try_lock_content(int descriptor, bool is_exclusive) {
  return lock_far_byte(descriptor, is_exclusive ? LOCKFILE_EXCLUSIVE_LOCK : 0);
}

int hold_off_writers(int) {
  return ENOTSUP;
}

bool are_writers_held_off(int) {
  return false;
}

}  // namespace port_for
