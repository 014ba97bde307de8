#include "socket_table.h"

std::optional<PortBits> socket_table(Transport, TableStates) {
  return std::nullopt;
}
