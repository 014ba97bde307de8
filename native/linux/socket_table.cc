#include "socket_table.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>

#include "dump_answer.h"
#include "proc_net.h"

namespace port_for {

namespace {

/** The most that the kernel packs into one read of a dump. */
constexpr size_t kBufferBytes = 32 * 1024;

/** A dump of the socket table by netlink (sock_diag(7)), which needs no privilege. */
class NetlinkSocket {
 public:
  NetlinkSocket() : descriptor_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {
    if (descriptor_ < 0) error_ = errno;
  }
  ~NetlinkSocket() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  NetlinkSocket(const NetlinkSocket&) = delete;
  NetlinkSocket& operator=(const NetlinkSocket&) = delete;

  /** Calls `visit` with each socket of one family; answers 0, or why the kernel did not tell all. */
  template <typename Visit>
  int dump(int family, int protocol, uint32_t states, const Visit& visit) {
    inet_diag_req_v2 body{};
    body.sdiag_family = static_cast<uint8_t>(family);
    body.sdiag_protocol = static_cast<uint8_t>(protocol);
    body.idiag_states = states;
    const int error = request(SOCK_DIAG_BY_FAMILY, body);
    return error == 0 ? receive(visit) : error;
  }

  /** The same for the TCP sockets of both families, in half the time: only the older form of the question can
   * leave the family open. */
  template <typename Visit>
  int dump_tcp(uint32_t states, const Visit& visit) {
    inet_diag_req body{};
    body.idiag_states = states;
    const int error = request(TCPDIAG_GETSOCK, body);
    return error == 0 ? receive(visit) : error;
  }

 private:
  template <typename Body>
  int request(uint16_t type, const Body& body) {
    struct {
      nlmsghdr header;
      Body body;
    } message{};
    message.header.nlmsg_len = sizeof message;
    message.header.nlmsg_type = type;
    message.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    message.body = body;
    if (descriptor_ < 0) return error_;
    const ssize_t sent = send(descriptor_, &message, sizeof message, 0);
    return sent == static_cast<ssize_t>(sizeof message) ? 0 : errno;
  }

  template <typename Visit>
  int receive(const Visit& visit) {
    DumpAnswer answer;
    while (true) {
      const ssize_t received = recv(descriptor_, buffer_.get(), kBufferBytes, 0);
      if (received < 0 && errno == EINTR) continue;
      if (received < 0) return errno;
      const auto end = answer.read(buffer_.get(), static_cast<size_t>(received), visit);
      if (end) return *end;
    }
  }

  int descriptor_;
  /** Why there is none. */
  int error_ = 0;
  std::unique_ptr<char[]> buffer_{new char[kBufferBytes]};
};

/** What a message of a dump tells of one socket. */
const inet_diag_msg& entry_of(const nlmsghdr& message) {
  return *static_cast<const inet_diag_msg*>(NLMSG_DATA(&message));
}

/** How often a dump is tried that the kernel interrupts: one takes less than a millisecond, in which few
 * change anything. */
constexpr int kMostDumps = 5;

/**
 * Calls `visit` with each socket of both families, and `restart` before it begins again. Whether the kernel
 * told all; a fault where it could not just now: the slower way knows less.
 */
template <typename Restart, typename Visit>
Result<bool> dump_both_families(Transport transport, uint32_t states, const Restart& restart,
                                const Visit& visit) {
  int error = EINTR;
  for (int count = 0; count < kMostDumps && error == EINTR; count++) {
    restart();
    NetlinkSocket netlink;
    if (transport == Transport::kTcp) {
      error = netlink.dump_tcp(states, visit);
    } else {
      error = netlink.dump(AF_INET, IPPROTO_UDP, states, visit);
      if (error == 0) error = netlink.dump(AF_INET6, IPPROTO_UDP, states, visit);
    }
  }
  if (is_shortage(error) || error == EINTR) return Fault{error, "netlink"};
  return error == 0;
}

/** A datagram socket that waits for any peer is in the state that an idle TCP socket would be in. */
int waiting_state(Transport transport) {
  return transport == Transport::kTcp ? TCP_LISTEN : TCP_CLOSE;
}

/** The states as the kernel's bit mask. */
uint32_t mask_of(Transport transport, TableStates states) {
  return states == TableStates::kAll ? ~uint32_t{0} : 1u << waiting_state(transport);
}

/** From Linux 6.8 on the kernel shows sockets that are bound and nothing else, in a state of their own. */
constexpr int kBoundInactive = 13;
/** A connection that nobody has accepted yet. */
constexpr int kNewSynReceived = 12;

SocketState to_state(Transport transport, int state) {
  switch (state) {
    case TCP_LISTEN:
      return SocketState::kListen;
    case TCP_ESTABLISHED:
      return SocketState::kEstablished;
    case TCP_SYN_SENT:
      return SocketState::kSynSent;
    case TCP_SYN_RECV:
    case kNewSynReceived:
      return SocketState::kSynReceived;
    case TCP_FIN_WAIT1:
      return SocketState::kFinWait1;
    case TCP_FIN_WAIT2:
      return SocketState::kFinWait2;
    case TCP_TIME_WAIT:
      return SocketState::kTimeWait;
    case TCP_CLOSE_WAIT:
      return SocketState::kCloseWait;
    case TCP_LAST_ACK:
      return SocketState::kLastAck;
    case TCP_CLOSING:
      return SocketState::kClosing;
    default:
      return transport == Transport::kTcp ? SocketState::kBound : SocketState::kUnconnected;
  }
}

/** How sock_diag(7) marks the timer of a socket in TIME_WAIT. */
constexpr int kTimeWaitTimer = 3;

/** Whether a socket at `::` takes no IPv4: the kernel adds it to what listens. */
bool is_v6_only(const nlmsghdr& message) {
  const size_t head = NLMSG_LENGTH(sizeof(inet_diag_msg));
  const char* begin = reinterpret_cast<const char*>(&message);
  auto left = static_cast<int>(message.nlmsg_len > head ? message.nlmsg_len - head : 0);
  for (auto* attribute = reinterpret_cast<const rtattr*>(begin + NLMSG_ALIGN(head)); RTA_OK(attribute, left);
       attribute = RTA_NEXT(attribute, left)) {
    if (attribute->rta_type == INET_DIAG_SKV6ONLY && RTA_PAYLOAD(attribute) >= 1)
      return *static_cast<const uint8_t*>(RTA_DATA(attribute)) != 0;
  }
  return false;
}

TableSocket to_table_socket(Transport transport, const nlmsghdr& message) {
  const inet_diag_msg& entry = entry_of(message);
  const auto end = [&](const __be32* bytes, __be16 port) {
    Address address = Address::from_bytes(entry.idiag_family, bytes);
    address.set_port(ntohs(port));
    return address;
  };
  TableSocket socket{end(entry.id.idiag_src, entry.id.idiag_sport),
                     entry.idiag_state == waiting_state(transport), entry.idiag_inode,
                     to_state(transport, entry.idiag_state)};
  if (is_connection(socket.state)) socket.remote = end(entry.id.idiag_dst, entry.id.idiag_dport);
  // Of one that no process has any more the kernel remembers no user.
  if (socket.has_process()) socket.user_id = entry.idiag_uid;
  socket.is_v6_only = is_v6_only(message);
  if (entry.idiag_timer == kTimeWaitTimer) socket.lingers_ms = entry.idiag_expires;
  return socket;
}

TableSocket to_table_socket(Transport transport, const ProcSocket& entry) {
  TableSocket socket{entry.local, entry.state == waiting_state(transport), entry.inode,
                     to_state(transport, entry.state)};
  if (is_connection(socket.state)) socket.remote = entry.remote;
  if (socket.has_process()) socket.user_id = entry.user_id;
  socket.lingers_ms = entry.lingers_ms;
  return socket;
}

/** The slower way, for sandboxes that offer no netlink. */
Result<std::vector<TableSocket>> sockets_of_proc(Transport transport, TableStates states) {
  std::vector<ProcSocket> entries;
  if (const int error = read_proc_net(transport, &entries))
    return Fault{is_shortage(error) ? error : kNoTable, "open"};
  std::vector<TableSocket> sockets;
  for (const ProcSocket& entry : entries) {
    const TableSocket socket = to_table_socket(transport, entry);
    if (socket.listens || states == TableStates::kAll) sockets.push_back(socket);
  }
  return sockets;
}

}  // namespace

Result<PortBits> table_ports(Transport transport, TableStates states) {
  PortBits ports;
  const auto add = [&](const nlmsghdr& message) { ports.add(ntohs(entry_of(message).id.idiag_sport)); };
  const auto restart = [&] { ports = PortBits(); };
  const auto dump = dump_both_families(transport, mask_of(transport, states), restart, add);
  if (const Fault* fault = std::get_if<Fault>(&dump)) return *fault;
  if (!std::get<bool>(dump)) {
    const auto answer = sockets_of_proc(transport, states);
    if (const Fault* fault = std::get_if<Fault>(&answer)) return *fault;
    ports = PortBits();
    for (const TableSocket& socket : std::get<0>(answer)) ports.add(socket.local.port());
  }
  ports.remove(0);
  return ports;
}

Result<std::vector<TableSocket>> table_sockets(Transport transport, TableStates states) {
  std::vector<TableSocket> sockets;
  const auto add = [&](const nlmsghdr& message) { sockets.push_back(to_table_socket(transport, message)); };
  const auto restart = [&] { sockets.clear(); };
  const auto dump = dump_both_families(transport, mask_of(transport, states), restart, add);
  if (const Fault* fault = std::get_if<Fault>(&dump)) return *fault;
  if (std::get<bool>(dump)) return sockets;
  return sockets_of_proc(transport, states);
}

}  // namespace port_for
