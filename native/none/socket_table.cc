#include "socket_table.h"

namespace port_for {

Result<std::vector<TableSocket>> table_sockets(Transport, TableStates) {
  return Fault{kNoTable, "socket table"};
}

}  // namespace port_for
