#pragma once

#include <cerrno>
#include <cstdint>
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
Result<PortBits> socket_table(Transport transport, TableStates states);

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

  bool has_process() const { return owner_key != 0; }
};

/** The sockets themselves. */
Result<std::vector<TableSocket>> table_sockets(Transport transport, TableStates states);

}  // namespace port_for
