#include "privilege.h"

#include <sys/stat.h>
#include <unistd.h>

namespace port_for {

bool is_administrator() {
  return geteuid() == 0;
}

std::optional<bool> has_trusted_owner(const std::string& path) {
  struct stat facts{};
  if (lstat(path.c_str(), &facts) != 0) return std::nullopt;
  return facts.st_uid == 0 || facts.st_uid == geteuid();
}

}  // namespace port_for
