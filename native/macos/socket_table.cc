#include "socket_table.h"

#include <algorithm>

#include "bsd/sysctl.h"
#include "pcb_list.h"

namespace port_for {

Result<std::vector<TableSocket>> table_sockets(Transport transport, TableStates states) {
  const bool is_tcp = transport == Transport::kTcp;
  const auto answer = read_sysctl(is_tcp ? "net.inet.tcp.pcblist_n" : "net.inet.udp.pcblist_n");
  if (const Fault* fault = std::get_if<Fault>(&answer)) {
    return fault->error == ENOMEM ? *fault : Fault{kNoTable, fault->call};
  }
  const auto& bytes = std::get<std::vector<char>>(answer);
  std::optional<std::vector<TableSocket>> sockets = read_pcb_list(bytes.data(), bytes.size(), transport);
  if (!sockets) return Fault{kNoTable, "sysctl"};
  if (states == TableStates::kListen) {
    const auto is_other = [](const TableSocket& socket) { return !socket.listens; };
    sockets->erase(std::remove_if(sockets->begin(), sockets->end(), is_other), sockets->end());
  }
  return *std::move(sockets);
}

}  // namespace port_for
