#include "sysctl.h"

#include <sys/types.h>
// After sys/types.h:
#include <sys/sysctl.h>

#include <cerrno>

namespace port_for {

namespace {

/** `read(bytes, size)` is one of the calls of sysctl(3): with no bytes it tells how many there are. */
template <typename Read>
Result<std::vector<char>> read_growing(const Read& read) {
  // The kernel adds some room to its answer by itself. More than a few attempts mean that it never suffices.
  constexpr int kMostAttempts = 5;
  for (int attempt = 0; attempt < kMostAttempts; attempt++) {
    size_t size = 0;
    if (read(nullptr, &size) != 0) break;
    size += size / 8;
    std::vector<char> bytes(size);
    if (read(bytes.data(), &size) == 0) {
      bytes.resize(size);
      return bytes;
    }
    if (errno != ENOMEM) break;
  }
  return Fault{errno, "sysctl"};
}

}  // namespace

Result<std::vector<char>> read_sysctl(const char* name) {
  return read_growing([=](char* bytes, size_t* size) { return sysctlbyname(name, bytes, size, nullptr, 0); });
}

Result<std::vector<char>> read_sysctl(std::vector<int> path) {
  return read_growing([&](char* bytes, size_t* size) {
    return sysctl(path.data(), static_cast<unsigned>(path.size()), bytes, size, nullptr, 0);
  });
}

}  // namespace port_for
