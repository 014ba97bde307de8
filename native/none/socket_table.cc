#include "socket_table.h"

Result<PortBits> socket_table(Transport, TableStates) {
  return Fault{kNoTable, "socket table"};
}

Result<std::vector<TableSocket>> table_sockets(Transport, TableStates) {
  return Fault{kNoTable, "socket table"};
}
