#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "address.h"
#include "port_bits.h"
#include "socket.h"

enum class TableStates {
  kAll,     // every socket that holds a port, TIME_WAIT included
  kListen,  // those that wait for clients: listening TCP sockets, unconnected UDP sockets
};

/**
 * The local ports in the kernel's socket table, both families, in one sweep; nothing where the system has no
 * table that this process can read.
 */
std::optional<PortBits> socket_table(Transport transport, TableStates states);

/** One socket of the table. */
struct TableSocket {
  Address local;
  /** Whether it waits for clients, as `TableStates::kListen` has it. */
  bool listens;
  /** What `/proc/PID/fd` knows it by, to find its owner; 0 where it has none any more. */
  uint64_t inode;
};

/** The sockets themselves, where the system has a table that this process can read. */
std::optional<std::vector<TableSocket>> table_sockets(Transport transport, TableStates states);
