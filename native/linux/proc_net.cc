#include "proc_net.h"

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <string>

namespace port_for {

namespace {

/** How proc(5) marks the timer of a socket in TIME_WAIT. */
constexpr unsigned kTimeWaitTimer = 3;

/** The kernel counts in hundredths of a second for its users, whatever it does by itself (USER_HZ). */
constexpr uint32_t kMillisecondsPerTick = 10;

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
    // number: local remote state queues timer:ticks retransmits uid timeout inode
    char local[64] = "";
    char remote[64] = "";
    unsigned state = 0;
    unsigned timer = 0;
    unsigned ticks = 0;
    uint32_t user_id = 0;
    uint64_t inode = 0;
    const char* format = " %*d: %63s %63s %x %*s %x:%x %*s %" SCNu32 " %*d %" SCNu64;
    const int found =
        std::sscanf(line.c_str(), format, local, remote, &state, &timer, &ticks, &user_id, &inode);
    if (found != 7) continue;
    const std::optional<Address> ends[] = {read_address(family, local), read_address(family, remote)};
    if (!ends[0] || !ends[1]) continue;
    const uint32_t lingers_ms = timer == kTimeWaitTimer ? ticks * kMillisecondsPerTick : 0;
    sockets->push_back({*ends[0], *ends[1], static_cast<int>(state), user_id, inode, lingers_ms});
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
