#include "socket_table.h"

// After socket_table.h, which includes winsock2.h:
#include <iphlpapi.h>

#include <memory>
#include <optional>
#include <utility>

namespace port_for {

namespace {

/** Owns the bytes of a table, which begins with the number of its rows. */
using TableBytes = std::unique_ptr<char[]>;

constexpr DWORD kFirstGuess = 64 * 1024;

/** A table that grows between two calls needs a third one; one that grows for ever is not waited for. */
constexpr int kMostCalls = 10;

/**
 * Calls GetExtendedTcpTable() or GetExtendedUdpTable() until the table fits. Nothing where the system has no
 * sockets of the family.
 */
template <typename Get>
Result<std::optional<TableBytes>> read_table(const char* name, const Get& get) {
  DWORD size = kFirstGuess;
  for (int call = 0; call < kMostCalls; call++) {
    TableBytes bytes{new char[size]};
    switch (get(bytes.get(), &size)) {
      case NO_ERROR:
        return std::optional(std::move(bytes));
      case ERROR_INSUFFICIENT_BUFFER:
        size += size / 8;
        break;
      case ERROR_NOT_SUPPORTED:
      case ERROR_INVALID_PARAMETER:  // IPv6 is not installed.
        return std::nullopt;
      case ERROR_NOT_ENOUGH_MEMORY:
        return Fault{ENOMEM, name};
      default:
        return Fault{kNoTable, name};
    }
  }
  return Fault{EAGAIN, name};
}

Result<std::optional<TableBytes>> read_tcp(ULONG family, TableStates states) {
  const auto rows = states == TableStates::kListen ? TCP_TABLE_OWNER_PID_LISTENER : TCP_TABLE_OWNER_PID_ALL;
  return read_table("GetExtendedTcpTable", [=](char* bytes, DWORD* size) {
    return GetExtendedTcpTable(bytes, size, FALSE, family, rows, 0);
  });
}

Result<std::optional<TableBytes>> read_udp(ULONG family) {
  return read_table("GetExtendedUdpTable", [=](char* bytes, DWORD* size) {
    return GetExtendedUdpTable(bytes, size, FALSE, family, UDP_TABLE_OWNER_PID, 0);
  });
}

/** Only the low half of a row's port counts, in network order (MIB_TCPROW_OWNER_PID). */
Address with_port(Address address, DWORD port) {
  address.set_port(ntohs(static_cast<u_short>(port)));
  return address;
}

SocketState to_state(DWORD state) {
  switch (state) {
    case MIB_TCP_STATE_LISTEN:
      return SocketState::kListen;
    case MIB_TCP_STATE_SYN_SENT:
      return SocketState::kSynSent;
    case MIB_TCP_STATE_SYN_RCVD:
      return SocketState::kSynReceived;
    case MIB_TCP_STATE_ESTAB:
      return SocketState::kEstablished;
    case MIB_TCP_STATE_FIN_WAIT1:
      return SocketState::kFinWait1;
    case MIB_TCP_STATE_FIN_WAIT2:
      return SocketState::kFinWait2;
    case MIB_TCP_STATE_CLOSE_WAIT:
      return SocketState::kCloseWait;
    case MIB_TCP_STATE_CLOSING:
      return SocketState::kClosing;
    case MIB_TCP_STATE_LAST_ACK:
      return SocketState::kLastAck;
    case MIB_TCP_STATE_TIME_WAIT:
      return SocketState::kTimeWait;
    default:
      return SocketState::kBound;
  }
}

TableSocket to_tcp_socket(const Address& local, const Address& remote, DWORD state, DWORD pid) {
  TableSocket socket{local, state == MIB_TCP_STATE_LISTEN, pid, to_state(state)};
  if (is_connection(socket.state)) socket.remote = remote;
  return socket;
}

TableSocket to_udp_socket(const Address& local, DWORD pid) {
  return {local, true, pid, SocketState::kUnconnected};
}

/** For a row of any of the TCP tables of IPv4, which have these members in common. */
template <typename Row>
TableSocket to_socket(const Row& row) {
  return to_tcp_socket(with_port(Address::from_bytes(AF_INET, &row.dwLocalAddr), row.dwLocalPort),
                       with_port(Address::from_bytes(AF_INET, &row.dwRemoteAddr), row.dwRemotePort),
                       row.dwState, row.dwOwningPid);
}

TableSocket to_socket(const MIB_TCP6ROW_OWNER_PID& row) {
  return to_tcp_socket(with_port(Address::from_bytes(AF_INET6, row.ucLocalAddr), row.dwLocalPort),
                       with_port(Address::from_bytes(AF_INET6, row.ucRemoteAddr), row.dwRemotePort),
                       row.dwState, row.dwOwningPid);
}

TableSocket to_socket(const MIB_TCP6ROW2& row) {
  return {with_port(Address::from_bytes(AF_INET6, &row.LocalAddr), row.dwLocalPort), false, row.dwOwningPid,
          SocketState::kBound};
}

// The table of datagram sockets does not tell whether one is connected.

TableSocket to_socket(const MIB_UDPROW_OWNER_PID& row) {
  return to_udp_socket(with_port(Address::from_bytes(AF_INET, &row.dwLocalAddr), row.dwLocalPort),
                       row.dwOwningPid);
}

TableSocket to_socket(const MIB_UDP6ROW_OWNER_PID& row) {
  return to_udp_socket(with_port(Address::from_bytes(AF_INET6, row.ucLocalAddr), row.dwLocalPort),
                       row.dwOwningPid);
}

/** Appends the rows of a `Table` that begins at `bytes`. */
template <typename Table>
void append_rows(std::vector<TableSocket>& sockets, const void* bytes) {
  const auto* table = static_cast<const Table*>(bytes);
  for (DWORD index = 0; index < table->dwNumEntries; index++)
    sockets.push_back(to_socket(table->table[index]));
}

/** Appends what was read, if there was a table; the reason where it could not be read. */
template <typename Table>
std::optional<Fault> append(std::vector<TableSocket>& sockets,
                            const Result<std::optional<TableBytes>>& answer) {
  if (const Fault* fault = std::get_if<Fault>(&answer)) return *fault;
  const std::optional<TableBytes>& bytes = std::get<0>(answer);
  if (bytes) append_rows<Table>(sockets, bytes->get());
  return std::nullopt;
}

/**
 * Appends TCP sockets that are bound and neither listen nor connect, as leases are. No documented call lists
 * them; `netstat -q` and System Informer use this export of iphlpapi.dll. Without it only a bind meets them.
 */
template <typename Table>
void append_bound(std::vector<TableSocket>& sockets, const char* name) {
  using GetBound = ULONG(WINAPI*)(void** table, HANDLE heap, ULONG heap_flags);
  static const HMODULE library = GetModuleHandleW(L"iphlpapi.dll");
  const auto get = reinterpret_cast<GetBound>(reinterpret_cast<void*>(GetProcAddress(library, name)));
  void* bytes = nullptr;
  if (get == nullptr || get(&bytes, GetProcessHeap(), 0) != NO_ERROR || bytes == nullptr) return;
  const auto free = [](void* memory) { HeapFree(GetProcessHeap(), 0, memory); };
  const std::unique_ptr<void, decltype(free)> owned(bytes, free);
  append_rows<Table>(sockets, bytes);
}

std::optional<Fault> append_tcp(std::vector<TableSocket>& sockets, TableStates states) {
  if (const auto fault = append<MIB_TCPTABLE_OWNER_PID>(sockets, read_tcp(AF_INET, states))) return fault;
  if (const auto fault = append<MIB_TCP6TABLE_OWNER_PID>(sockets, read_tcp(AF_INET6, states))) return fault;
  if (states == TableStates::kListen) return std::nullopt;
  append_bound<MIB_TCPTABLE2>(sockets, "InternalGetBoundTcpEndpointTable");
  append_bound<MIB_TCP6TABLE2>(sockets, "InternalGetBoundTcp6EndpointTable");
  return std::nullopt;
}

std::optional<Fault> append_udp(std::vector<TableSocket>& sockets) {
  if (const auto fault = append<MIB_UDPTABLE_OWNER_PID>(sockets, read_udp(AF_INET))) return fault;
  return append<MIB_UDP6TABLE_OWNER_PID>(sockets, read_udp(AF_INET6));
}

}  // namespace

Result<std::vector<TableSocket>> table_sockets(Transport transport, TableStates states) {
  std::vector<TableSocket> sockets;
  const auto fault = transport == Transport::kTcp ? append_tcp(sockets, states) : append_udp(sockets);
  if (fault) return *fault;
  return sockets;
}

}  // namespace port_for
