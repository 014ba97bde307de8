#pragma once

#include <cerrno>
#include <cstdint>
#include <optional>
#include <vector>

#include "address.h"
#include "outcome.h"
#include "port_bits.h"
#include "socket.h"

namespace port_for {

enum class TableStates {
  kAll,     // every socket that holds a port, TIME_WAIT included
  kListen,  // those that wait for clients: listening TCP sockets, unconnected UDP sockets
};

/** The fault where the system has no table that this process can read. */
constexpr int kNoTable = ENOTSUP;

/**
 * The local ports in the kernel's socket table, both families, in one sweep. A fault other than `kNoTable`
 * where it could not be read just now, as with no descriptor left.
 */
Result<PortBits> table_ports(Transport transport, TableStates states);

/** What a socket is doing, in the terms of RFC 9293 and of Linux for the others. */
enum class SocketState {
  kListen,
  kEstablished,
  kSynSent,
  kSynReceived,
  kFinWait1,
  kFinWait2,
  kTimeWait,
  kCloseWait,
  kLastAck,
  kClosing,
  kBound,        // has a port and nothing else
  kUnconnected,  // a datagram socket that any peer can send to
};

/** One socket of the table. */
struct TableSocket {
  Address local;
  /** Whether it waits for clients, as `TableStates::kListen` has it. */
  bool listens;
  /**
   * What `socket_owners()` finds the socket's processes by: an inode on Linux, a process number on Windows. 0
   * where no process has the socket open any more. A JavaScript number holds it exactly.
   */
  uint64_t owner_key;
  SocketState state;
  /** The other end, where the socket is connected. */
  std::optional<Address> remote = std::nullopt;
  /** Whose socket it is, where the system tells. */
  std::optional<uint32_t> user_id = std::nullopt;
  /** Whether it takes no IPv4, though its address is `::`; false where the system does not tell. */
  bool is_v6_only = false;
  /** In TIME_WAIT: how long the kernel keeps it at the latest; 0 otherwise, and where the system does not
   * tell. */
  uint32_t lingers_ms = 0;

  bool has_process() const { return owner_key != 0; }
};

/** Whether a connection is under way, or was: the socket then has another end. */
bool is_connection(SocketState state);

/** The sockets themselves. */
Result<std::vector<TableSocket>> table_sockets(Transport transport, TableStates states);

}  // namespace port_for
