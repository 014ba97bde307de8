#include "proc_net.h"

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <sstream>
#include <string>

#include "read_file.h"

namespace port_for {

namespace {

/** How proc(5) marks the timer of a socket in TIME_WAIT. */
constexpr unsigned kTimeWaitTimer = 3;

/** The kernel counts in hundredths of a second for its users, whatever it does by itself (USER_HZ). */
constexpr uint32_t kMillisecondsPerTick = 10;

/** Reads `0100007F:1F90`: an address as 32-bit words of the machine in hex, and a port in hex. */
std::optional<Address> read_address(int family, const char* text) {
  const int words = family == AF_INET ? 1 : 4;
  uint32_t bytes[4] = {};
  for (int index = 0; index < words; index++, text += 8) {
    if (std::sscanf(text, "%8" SCNx32, &bytes[index]) != 1) return std::nullopt;
    if (std::strspn(text, "0123456789ABCDEFabcdef") < 8) return std::nullopt;
  }
  uint16_t port = 0;
  if (std::sscanf(text, ":%4" SCNx16, &port) != 1) return std::nullopt;
  Address address = Address::from_bytes(family, bytes);
  address.set_port(port);
  return address;
}

/** Answers 0 or an errno value. */
int add_file(const std::string& path, int family, std::vector<ProcSocket>* sockets) {
  const Result<std::string> text = read_file(path.c_str());
  if (const Fault* fault = std::get_if<Fault>(&text)) return fault->error;
  return parse_proc_net(std::get<std::string>(text), family, sockets) ? 0 : EBADMSG;
}

}  // namespace

bool parse_proc_net(const std::string& text, int family, std::vector<ProcSocket>* sockets) {
  std::istringstream lines(text);
  std::string line;
  if (!std::getline(lines, line)) return false;  // The first line is the heading.
  while (std::getline(lines, line)) {
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
  return true;
}

int read_proc_net(Transport transport, std::vector<ProcSocket>* sockets) {
  const std::string path = transport == Transport::kTcp ? "/proc/net/tcp" : "/proc/net/udp";
  if (const int error = add_file(path, AF_INET, sockets)) return error;
  const int error = add_file(path + "6", AF_INET6, sockets);
  return error == ENOENT ? 0 : error;  // Not there where IPv6 is off.
}

}  // namespace port_for
