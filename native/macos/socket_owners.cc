#include "socket_owners.h"

#include <libproc.h>
#include <sys/sysctl.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "bsd/sysctl.h"

namespace port_for {

namespace {

/** The name as `ps -o comm` has it, 15 characters of it; nothing where the process is gone. */
std::optional<std::string> name_of(int pid) {
  const auto answer = read_sysctl({CTL_KERN, KERN_PROC, KERN_PROC_PID, pid});
  const auto* bytes = std::get_if<std::vector<char>>(&answer);
  if (bytes == nullptr || bytes->size() < sizeof(kinfo_proc)) return std::nullopt;
  kinfo_proc process;
  std::memcpy(&process, bytes->data(), sizeof process);
  return std::string(process.kp_proc.p_comm, strnlen(process.kp_proc.p_comm, sizeof process.kp_proc.p_comm));
}

/**
 * The arguments of a process of the same user (all, for root): KERN_PROCARGS2 gives their number, the
 * program's path, zero bytes, and then each argument with a zero byte at its end.
 */
std::string arguments_of(int pid) {
  const auto answer = read_sysctl({CTL_KERN, KERN_PROCARGS2, pid});
  const auto* bytes = std::get_if<std::vector<char>>(&answer);
  int count = 0;
  if (bytes == nullptr || bytes->size() < sizeof count) return {};
  std::memcpy(&count, bytes->data(), sizeof count);
  const auto end = bytes->end();
  auto at = std::find(bytes->begin() + sizeof count, end, '\0');
  at = std::find_if(at, end, [](char character) { return character != '\0'; });
  std::string command;
  for (int index = 0; index < count && at != end; index++) {
    const auto after = std::find(at, end, '\0');
    if (index > 0) command += ' ';
    command.append(at, after);
    at = after == end ? end : after + 1;
  }
  return command;
}

std::string path_of(int pid) {
  char path[PROC_PIDPATHINFO_MAXSIZE];
  const int length = proc_pidpath(pid, path, sizeof path);
  return length > 0 ? std::string(path, static_cast<size_t>(length)) : std::string();
}

}  // namespace

// The table gives the process that used each socket last, which is the key.
std::vector<SocketOwner> socket_owners(const std::unordered_set<uint64_t>& owner_keys) {
  std::vector<uint64_t> keys(owner_keys.begin(), owner_keys.end());
  std::sort(keys.begin(), keys.end());
  std::vector<SocketOwner> owners;
  for (const uint64_t key : keys) {
    const auto pid = static_cast<int>(key);
    const std::optional<std::string> name = name_of(pid);
    if (!name) continue;
    const std::string arguments = arguments_of(pid);
    owners.push_back({key, static_cast<uint32_t>(pid), *name, arguments.empty() ? path_of(pid) : arguments});
  }
  return owners;
}

}  // namespace port_for
