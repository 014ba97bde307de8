#include "listener_question.h"

#include <algorithm>

#include "socket_table.h"

namespace port_for {

namespace {

/** An IPv6 wildcard takes IPv4 connections too, unless its owner says otherwise, which the table does not
 * show. */
bool covers(const Address& local, const Address& address) {
  if (local.port() != address.port()) return false;
  return local == address || (local.is_any() && (local.family() == AF_INET6 || address.family() == AF_INET));
}

}  // namespace

std::optional<bool> search_table(const Address& address) {
  const auto answer = table_sockets(Transport::kTcp, TableStates::kListen);
  const auto* sockets = std::get_if<std::vector<TableSocket>>(&answer);
  if (sockets == nullptr) return std::nullopt;
  return std::any_of(sockets->begin(), sockets->end(),
                     [&](const TableSocket& socket) { return covers(socket.local, address); });
}

}  // namespace port_for
