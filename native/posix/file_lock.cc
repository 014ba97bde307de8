#include "file_lock.h"

#include <sys/file.h>

#include <cerrno>

namespace port_for {

int try_lock_file(int descriptor) {
  int status;
  do {
    status = flock(descriptor, LOCK_EX | LOCK_NB);
  } while (status != 0 && errno == EINTR);
  return status == 0 ? 0 : errno;
}

}  // namespace port_for
