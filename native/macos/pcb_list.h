#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "socket_table.h"

namespace port_for {

/**
 * Reads what `sysctl net.inet.tcp.pcblist_n` or `net.inet.udp.pcblist_n` returns, the table behind `netstat`.
 * Apple publishes its layout with the kernel's sources alone (bsd/netinet/in_pcblist.c). Nothing where the
 * bytes do not have that layout, or where the kernel counts sockets and shows none, as it does to programs
 * that it does not trust.
 */
std::optional<std::vector<TableSocket>> read_pcb_list(const char* bytes, size_t size, Transport transport);

}  // namespace port_for
