#include "read_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace port_for {

Result<std::string> read_file(const char* path) {
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return Fault{errno, "open"};
  std::string text;
  char bytes[16 * 1024];
  ssize_t count;
  while ((count = read(descriptor, bytes, sizeof bytes)) > 0 || (count < 0 && errno == EINTR)) {
    if (count > 0) text.append(bytes, static_cast<size_t>(count));
  }
  const int error = count < 0 ? errno : 0;
  close(descriptor);
  if (error != 0) return Fault{error, "read"};
  return text;
}

}  // namespace port_for
