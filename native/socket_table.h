#pragma once

#include <optional>

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
