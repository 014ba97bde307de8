#include "content_guard.h"

#include <sys/file.h>

#include <cerrno>

namespace port_for {

int try_lock_content(int descriptor, bool is_exclusive) {
  int status;
  do {
    status = flock(descriptor, (is_exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB);
  } while (status != 0 && errno == EINTR);
  return status == 0 ? 0 : errno;
}

int hold_off_writers(int) {
  return ENOTSUP;
}

bool are_writers_held_off(int) {
  return false;
}

}  // namespace port_for
