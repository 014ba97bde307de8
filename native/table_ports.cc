#include "socket_table.h"

namespace port_for {

// For systems whose table has no shorter form for the ports alone.
Result<PortBits> table_ports(Transport transport, TableStates states) {
  const Result<std::vector<TableSocket>> answer = table_sockets(transport, states);
  if (const Fault* fault = std::get_if<Fault>(&answer)) return *fault;
  PortBits ports;
  for (const TableSocket& socket : std::get<0>(answer)) ports.add(socket.local.port());
  ports.remove(0);
  return ports;
}

}  // namespace port_for
