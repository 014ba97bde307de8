#include "socket_table.h"

TableAnswer<PortBits> socket_table(Transport, TableStates) {
  return Fault{kNoTable, "socket table"};
}

TableAnswer<std::vector<TableSocket>> table_sockets(Transport, TableStates) {
  return Fault{kNoTable, "socket table"};
}
