#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

namespace port_for {

/** A process that has a socket open. */
struct SocketOwner {
  /** The socket's `TableSocket::owner_key`. */
  uint64_t owner_key;
  uint32_t pid;
  /** The short name of the process: `nginx`, `node.exe`. May be empty, and may hold any bytes. */
  std::string name;
  /** Its command line, words separated by blanks; empty where the system hides it. */
  std::string command;
};

/**
 * The processes that have the sockets with these keys open, as far as the system shows them to this one; more
 * than one for a socket that children inherited. In ascending order of process numbers.
 */
std::vector<SocketOwner> socket_owners(const std::unordered_set<uint64_t>& owner_keys);

}  // namespace port_for
