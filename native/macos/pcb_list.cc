#include "pcb_list.h"

#include <cstdint>
#include <cstring>
#include <iterator>
#include <utility>

namespace port_for {

namespace {

// The list is a header, then blocks, then the header again. Each block begins with its length and its kind,
// and is padded to 8 bytes. A socket is a sequence of blocks that begins with XSO_INPCB. The offsets below
// hold since macOS 10.7 on both architectures: the kernel packs its structures to 4 bytes, and appends new
// members.

/** `struct xinpgen` (bsd/netinet/in_pcb.h). */
constexpr uint32_t kHeaderBytes = 24;
constexpr size_t kHeaderCount = 4;

/** Kinds of blocks (bsd/sys/socketvar.h). */
constexpr uint32_t kSocketBlock = 0x01;
constexpr uint32_t kAddressBlock = 0x10;
constexpr uint32_t kTcpBlock = 0x20;

/** `struct xinpcb_n` (bsd/netinet/in_pcb.h). An address of IPv4 stands at the end of its 16 bytes. */
constexpr size_t kForeignPort = 16;
constexpr size_t kLocalPort = 18;
constexpr size_t kFamilies = 44;
constexpr size_t kForeignAddress = 48;
constexpr size_t kLocalAddress = 64;
constexpr size_t kOffsetOfIpv4 = 12;
constexpr size_t kAddressBlockBytes = kLocalAddress + 16;
constexpr uint8_t kIsIpv4 = 0x1;
constexpr uint8_t kIsIpv6 = 0x2;

/** `struct xsocket_n` (bsd/sys/socketvar.h). */
constexpr size_t kUserId = 64;
constexpr size_t kLastProcess = 68;
constexpr size_t kSocketBlockBytes = kLastProcess + 4;

/** `struct xtcpcb_n` (bsd/netinet/tcp_var.h). */
constexpr size_t kTcpState = 36;
constexpr size_t kTcpBlockBytes = kTcpState + 4;

template <typename Value>
Value read(const char* bytes, size_t offset) {
  Value value;
  std::memcpy(&value, bytes + offset, sizeof value);
  return value;
}

/** The address and port at one end of the socket that an address block describes. */
Address read_end(const char* block, size_t address_offset, size_t port_offset) {
  // A dual-stack socket has both flags.
  const bool is_ipv6 = read<uint8_t>(block, kFamilies) & kIsIpv6;
  Address address = is_ipv6 ? Address::from_bytes(AF_INET6, block + address_offset)
                            : Address::from_bytes(AF_INET, block + address_offset + kOffsetOfIpv4);
  address.set_port(ntohs(read<uint16_t>(block, port_offset)));
  return address;
}

/** Of a TCP socket the state is told by a later block. */
TableSocket to_socket(const char* block, Transport transport) {
  TableSocket socket{read_end(block, kLocalAddress, kLocalPort), false, 0, SocketState::kBound};
  const Address remote = read_end(block, kForeignAddress, kForeignPort);
  if (remote.port() != 0) socket.remote = remote;
  socket.is_v6_only = !(read<uint8_t>(block, kFamilies) & kIsIpv4) && socket.local.is_any();
  if (transport == Transport::kUdp) {
    socket.listens = !socket.remote;
    socket.state = socket.listens ? SocketState::kUnconnected : SocketState::kEstablished;
  }
  return socket;
}

/** The states as netinet/tcp_fsm.h counts them. */
SocketState to_state(int32_t state) {
  constexpr SocketState kStates[] = {
      SocketState::kBound,       SocketState::kListen,    SocketState::kSynSent,  SocketState::kSynReceived,
      SocketState::kEstablished, SocketState::kCloseWait, SocketState::kFinWait1, SocketState::kClosing,
      SocketState::kLastAck,     SocketState::kFinWait2,  SocketState::kTimeWait};
  const bool is_known = state >= 0 && static_cast<size_t>(state) < std::size(kStates);
  return is_known ? kStates[state] : SocketState::kBound;
}

}  // namespace

std::optional<std::vector<TableSocket>> read_pcb_list(const char* bytes, size_t size, Transport transport) {
  if (size < kHeaderBytes || read<uint32_t>(bytes, 0) != kHeaderBytes) return std::nullopt;
  std::vector<TableSocket> sockets;
  TableSocket* current = nullptr;
  size_t count = 0;
  size_t offset = kHeaderBytes;
  while (size - offset > kHeaderBytes) {
    const char* block = bytes + offset;
    const auto length = read<uint32_t>(block, 0);
    const auto kind = read<uint32_t>(block, 4);
    if (length <= kHeaderBytes || length > size - offset) return std::nullopt;
    if (kind == kAddressBlock) {
      if (length < kAddressBlockBytes) return std::nullopt;
      count++;
      current = nullptr;
      // Sockets of neither family are none of TCP or UDP as this knows them.
      if (read<uint8_t>(block, kFamilies) & (kIsIpv4 | kIsIpv6)) {
        sockets.push_back(to_socket(block, transport));
        current = &sockets.back();
      }
    } else if (current != nullptr && kind == kSocketBlock) {
      if (length < kSocketBlockBytes) return std::nullopt;
      current->user_id = read<uint32_t>(block, kUserId);
      current->owner_key = read<uint32_t>(block, kLastProcess);
    } else if (current != nullptr && kind == kTcpBlock) {
      if (length < kTcpBlockBytes) return std::nullopt;
      current->state = to_state(read<int32_t>(block, kTcpState));
      current->listens = current->state == SocketState::kListen;
      // The process that had it may be gone.
      if (current->state == SocketState::kTimeWait) current->owner_key = 0;
    }
    constexpr size_t kAlignment = 8;
    const size_t step = (length + kAlignment - 1) / kAlignment * kAlignment;
    if (step > size - offset) break;
    offset += step;
  }
  const bool is_withheld = count == 0 && read<uint32_t>(bytes, kHeaderCount) > 0;
  return is_withheld ? std::nullopt : std::optional(std::move(sockets));
}

}  // namespace port_for
