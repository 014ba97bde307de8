#include "proc_net.h"

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <string>

namespace port_for {

namespace {

/** Reads `0100007F:1F90`: an address as 32-bit words of the machine in hex, and a port in hex. */
std::optional<Address> read_address(int family, const std::string& text) {
  const size_t words = family == AF_INET ? 1 : 4;
  uint32_t bytes[4] = {};
  unsigned port = 0;
  if (text.size() != words * 8 + 5 || std::sscanf(text.c_str() + words * 8, ":%x", &port) != 1)
    return std::nullopt;
  for (size_t index = 0; index < words; index++) {
    bytes[index] = static_cast<uint32_t>(std::stoul(text.substr(index * 8, 8), nullptr, 16));
  }
  Address address = Address::from_bytes(family, bytes);
  address.set_port(static_cast<uint16_t>(port));
  return address;
}

/** Answers 0 or an errno value. */
int read_file(const std::string& path, int family, std::vector<ProcSocket>* sockets) {
  errno = 0;
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return errno != 0 ? errno : EIO;  // The first line is the heading.
  while (std::getline(file, line)) {
    // number: local remote state queues timer retransmits uid timeout inode
    char local[64] = "";
    unsigned state = 0;
    uint64_t inode = 0;
    const char* format = " %*d: %63s %*s %x %*s %*s %*s %*d %*d %" SCNu64;
    if (std::sscanf(line.c_str(), format, local, &state, &inode) != 3) continue;
    if (const std::optional<Address> address = read_address(family, local)) {
      sockets->push_back({*address, static_cast<int>(state), inode});
    }
  }
  return file.bad() ? EIO : 0;
}

}  // namespace

int read_proc_net(Transport transport, std::vector<ProcSocket>* sockets) {
  const std::string path = transport == Transport::kTcp ? "/proc/net/tcp" : "/proc/net/udp";
  if (const int error = read_file(path, AF_INET, sockets)) return error;
  const int error = read_file(path + "6", AF_INET6, sockets);
  return error == ENOENT ? 0 : error;  // Not there where IPv6 is off.
}

}  // namespace port_for
