#include "socket_table.h"

std::optional<PortBits> socket_table(Transport, TableStates) {
  return std::nullopt;
}

std::optional<std::vector<TableSocket>> table_sockets(Transport, TableStates) {
  return std::nullopt;
}
