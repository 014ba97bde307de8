#include "folder_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

namespace port_for {

namespace {

// A folder that one may pass but not list can be opened only for that.
#if defined(O_PATH)
constexpr int kPass = O_PATH;
#elif defined(O_SEARCH)
constexpr int kPass = O_SEARCH;
#else
constexpr int kPass = O_RDONLY;
#endif

/** The result of a call that returns a descriptor, or -1. */
int take(int opened, int* descriptor) {
  if (opened < 0) return errno;
  *descriptor = opened;
  return 0;
}

template <typename Call>
int retried(Call call) {
  int result;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

int error_of(int result) {
  return result == 0 ? 0 : errno;
}

}  // namespace

int open_folder(const std::string& path, int* descriptor) {
  constexpr int kFlags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  int folder = retried([] { return open("/", kPass | kFlags); });
  for (size_t begin = 1; folder >= 0 && begin < path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string name = path.substr(begin, end - begin);
    begin = end + 1;
    if (name.empty()) continue;
    int next = -1;
    // Only a folder that may be listed can be flushed.
    if (end == path.size()) next = retried([&] { return openat(folder, name.c_str(), O_RDONLY | kFlags); });
    if (next < 0) next = retried([&] { return openat(folder, name.c_str(), kPass | kFlags); });
    const int error = errno;
    close(folder);
    errno = error;
    folder = next;
  }
  return take(folder, descriptor);
}

int open_in_folder(int folder, const std::string& name, int flags, unsigned mode, int* descriptor) {
  flags |= O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  return take(retried([&] { return openat(folder, name.c_str(), flags, static_cast<mode_t>(mode)); }),
              descriptor);
}

int stat_in_folder(int folder, const std::string& name, FileFacts* facts) {
  struct stat found{};
  if (fstatat(folder, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) return errno;
  *facts = {static_cast<uint64_t>(found.st_dev), static_cast<uint64_t>(found.st_ino), found.st_uid,
            found.st_gid, found.st_mode};
  return 0;
}

int rename_in_folder(int folder, const std::string& from, const std::string& to) {
  return error_of(renameat(folder, from.c_str(), folder, to.c_str()));
}

int link_in_folder(int folder, const std::string& from, const std::string& to) {
  return error_of(linkat(folder, from.c_str(), folder, to.c_str(), 0));
}

int unlink_in_folder(int folder, const std::string& name) {
  return error_of(unlinkat(folder, name.c_str(), 0));
}

int make_folder_in_folder(int folder, const std::string& name, unsigned mode) {
  return error_of(mkdirat(folder, name.c_str(), static_cast<mode_t>(mode)));
}

int close_descriptor(int descriptor) {
  return error_of(close(descriptor));
}

}  // namespace port_for
