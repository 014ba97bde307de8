#include "content_guard.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <csignal>

namespace port_for {

int try_lock_content(int descriptor, bool is_exclusive) {
  // A lock of the open file description, unlike flock, is exclusive only for who may write.
  struct flock lock{};
  lock.l_type = is_exclusive ? F_WRLCK : F_RDLCK;
  lock.l_whence = SEEK_SET;
  int status;
  do {
    status = fcntl(descriptor, F_OFD_SETLK, &lock);
  } while (status != 0 && errno == EINTR);
  if (status == 0) return 0;
  return errno == EACCES || errno == EAGAIN ? EWOULDBLOCK : errno;
}

int hold_off_writers(int descriptor) {
  // Who opens the file for writing breaks the lease: the kernel tells us by a signal, which would be the
  // deadly SIGIO, and lets them wait until we close the file (fs.lease-break-time, 45 s, at most).
  if (fcntl(descriptor, F_SETSIG, SIGURG) != 0) return errno;
  return fcntl(descriptor, F_SETLEASE, F_RDLCK) == 0 ? 0 : errno;
}

bool are_writers_held_off(int descriptor) {
  return fcntl(descriptor, F_GETLEASE) == F_RDLCK;
}

}  // namespace port_for
