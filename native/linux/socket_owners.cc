#include "socket_owners.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>

namespace port_for {

namespace {

/** Calls `visit` with the name of each entry of a folder. A folder that cannot be read has none: processes
 * end while they are looked at, and those of other users are closed to this one. */
template <typename Visit>
void for_each_entry(const std::string& path, const Visit& visit) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(path.c_str()), closedir);
  if (!folder) return;
  while (const dirent* entry = readdir(folder.get())) visit(dirfd(folder.get()), entry->d_name);
}

std::vector<uint32_t> process_ids() {
  std::vector<uint32_t> ids;
  for_each_entry("/proc", [&](int, const char* name) {
    if (name[0] >= '1' && name[0] <= '9')
      ids.push_back(static_cast<uint32_t>(std::strtoul(name, nullptr, 10)));
  });
  std::sort(ids.begin(), ids.end());
  return ids;
}

/** The inode of the socket that a descriptor stands for: its link reads `socket:[12345]`. */
std::optional<uint64_t> socket_inode(int folder, const char* descriptor) {
  char target[64];
  const ssize_t length = readlinkat(folder, descriptor, target, sizeof target - 1);
  if (length < 0) return std::nullopt;
  target[length] = '\0';
  unsigned long long inode = 0;
  return std::sscanf(target, "socket:[%llu]", &inode) == 1 ? std::optional<uint64_t>(inode) : std::nullopt;
}

/** Those of the sockets that the process has open. */
std::unordered_set<uint64_t> open_sockets(const std::string& process,
                                          const std::unordered_set<uint64_t>& wanted) {
  std::unordered_set<uint64_t> open;
  for_each_entry(process + "/fd", [&](int folder, const char* descriptor) {
    const std::optional<uint64_t> inode = socket_inode(folder, descriptor);
    if (inode && wanted.count(*inode) > 0) open.insert(*inode);
  });
  return open;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/** `/proc/PID/comm` ends with a line feed. */
std::string name_of(const std::string& process) {
  std::string name = read_file(process + "/comm");
  if (!name.empty() && name.back() == '\n') name.pop_back();
  return name;
}

/** `/proc/PID/cmdline` ends each word with a zero byte. */
std::string command_of(const std::string& process) {
  std::string command = read_file(process + "/cmdline");
  while (!command.empty() && command.back() == '\0') command.pop_back();
  std::replace(command.begin(), command.end(), '\0', ' ');
  return command;
}

}  // namespace

std::vector<SocketOwner> socket_owners(const std::unordered_set<uint64_t>& owner_keys) {
  std::vector<SocketOwner> owners;
  if (owner_keys.empty()) return owners;
  for (const uint32_t pid : process_ids()) {
    const std::string process = "/proc/" + std::to_string(pid);
    const std::unordered_set<uint64_t> open = open_sockets(process, owner_keys);
    if (open.empty()) continue;
    const std::string name = name_of(process);
    const std::string command = command_of(process);
    for (const uint64_t key : open) owners.push_back({key, pid, name, command});
  }
  return owners;
}

}  // namespace port_for
