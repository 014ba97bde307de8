#include "socket_table.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

namespace {

/** The most that the kernel packs into one read of a dump. */
constexpr size_t kBufferBytes = 32 * 1024;

constexpr uint32_t kAllStates = 0xffffffff;

class NetlinkSocket {
 public:
  NetlinkSocket() : descriptor_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {}
  ~NetlinkSocket() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  NetlinkSocket(const NetlinkSocket&) = delete;
  NetlinkSocket& operator=(const NetlinkSocket&) = delete;

  /** Adds the local ports of one family's sockets to `ports`; false where the kernel refuses or is
   * interrupted. */
  bool dump(uint8_t family, uint8_t protocol, uint32_t states, PortBits* ports) {
    struct {
      nlmsghdr header;
      inet_diag_req_v2 body;
    } request{};
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request.body.sdiag_family = family;
    request.body.sdiag_protocol = protocol;
    request.body.idiag_states = states;
    if (send(descriptor_, &request, sizeof request, 0) != static_cast<ssize_t>(sizeof request)) return false;
    return receive(ports);
  }

 private:
  bool receive(PortBits* ports) {
    while (true) {
      const ssize_t received = recv(descriptor_, buffer_.get(), kBufferBytes, 0);
      if (received < 0 && errno == EINTR) continue;
      if (received <= 0) return false;
      auto left = static_cast<uint32_t>(received);
      for (auto* message = reinterpret_cast<const nlmsghdr*>(buffer_.get()); NLMSG_OK(message, left);
           message = NLMSG_NEXT(message, left)) {
        if (message->nlmsg_type == NLMSG_DONE) return true;
        if (message->nlmsg_type == NLMSG_ERROR) return false;
        const auto* entry = static_cast<const inet_diag_msg*>(NLMSG_DATA(message));
        ports->add(ntohs(entry->id.idiag_sport));
      }
    }
  }

  int descriptor_;
  std::unique_ptr<char[]> buffer_{new char[kBufferBytes]};
};

std::optional<PortBits> read_netlink(uint8_t protocol, uint32_t states) {
  PortBits ports;
  NetlinkSocket netlink;
  for (const uint8_t family : {AF_INET, AF_INET6}) {
    if (!netlink.dump(family, protocol, states, &ports)) return std::nullopt;
  }
  return ports;
}

/** Adds the ports of a file such as /proc/net/tcp; false where it cannot be read. */
bool read_proc_file(const std::string& path, uint32_t states, PortBits* ports) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return false;  // The first line is the heading.
  while (std::getline(file, line)) {
    // "  0: 0100007F:1F90 00000000:0000 0A ...": number, local address and port, remote ones, state, all in
    // hex.
    unsigned port = 0, state = 0;
    if (std::sscanf(line.c_str(), " %*[^:]: %*[0-9A-Fa-f]:%x %*s %x", &port, &state) != 2) continue;
    if (states & (1u << (state & 31))) ports->add(static_cast<uint16_t>(port));
  }
  return true;
}

/** The slower way, for sandboxes that offer no netlink. It leaves out sockets that are bound and nothing
 * else. */
std::optional<PortBits> read_proc(Transport transport, uint32_t states) {
  const std::string path = transport == Transport::kTcp ? "/proc/net/tcp" : "/proc/net/udp";
  PortBits ports;
  if (!read_proc_file(path, states, &ports)) return std::nullopt;
  read_proc_file(path + "6", states, &ports);  // Not there where IPv6 is off.
  return ports;
}

}  // namespace

std::optional<PortBits> socket_table(Transport transport, TableStates which) {
  const bool is_tcp = transport == Transport::kTcp;
  // A datagram socket that waits for any peer is in the state that an idle TCP socket would be in.
  const uint32_t waiting = 1u << (is_tcp ? TCP_LISTEN : TCP_CLOSE);
  const uint32_t states = which == TableStates::kAll ? kAllStates : waiting;
  std::optional<PortBits> ports = read_netlink(is_tcp ? IPPROTO_TCP : IPPROTO_UDP, states);
  if (!ports) ports = read_proc(transport, states);
  if (ports) ports->remove(0);
  return ports;
}
