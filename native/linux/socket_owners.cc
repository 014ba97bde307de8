#include "socket_owners.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "open_sockets.h"

namespace port_for {

namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/** The name of the file that a command begins with. */
std::string program_of(const std::string& command) {
  const std::string word = command.substr(0, command.find(' '));
  return word.substr(word.rfind('/') + 1);
}

/** `/proc/PID/comm` ends with a line feed. Node.js 24 and 26 name the thread there, not the program. */
std::string name_of(const std::string& process, const std::string& command) {
  std::string name = read_file(process + "/comm");
  if (!name.empty() && name.back() == '\n') name.pop_back();
  const bool is_node = name == "MainThread" || name == "node-MainThread";
  return is_node && !command.empty() ? program_of(command) : name;
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
  for (const auto& [pid, sockets] : find_open_sockets(owner_keys)) {
    const std::string process = "/proc/" + std::to_string(pid);
    const std::string command = command_of(process);
    const std::string name = name_of(process, command);
    for (const uint64_t key : sockets) owners.push_back({key, pid, name, command});
  }
  return owners;
}

}  // namespace port_for
