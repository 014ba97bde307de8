#include "lease_table.h"

#include <algorithm>
#include <utility>

namespace port_for {

uint32_t LeaseTable::add(HeldPort held) {
  leases_.emplace(++last_id_, std::move(held));
  return last_id_;
}

std::vector<SocketHandle> LeaseTable::handles(uint32_t id) const {
  std::vector<SocketHandle> handles;
  const auto found = leases_.find(id);
  if (found == leases_.end()) return handles;
  for (const Socket& socket : found->second) handles.push_back(socket.handle());
  return handles;
}

void LeaseTable::admit_servers(uint32_t id, bool is_admitted) {
  const auto found = leases_.find(id);
  if (found == leases_.end()) return;
  for (Socket& socket : found->second) {
    if (socket) port_for::admit_servers(socket, is_admitted);
  }
}

void LeaseTable::share(uint32_t id) {
  const auto found = leases_.find(id);
  if (found == leases_.end()) return;
  for (Socket& socket : found->second) {
    if (socket) take_datagrams(socket);
  }
}

Socket LeaseTable::take_socket(uint32_t id, size_t index) {
  const auto found = leases_.find(id);
  if (found == leases_.end() || index >= found->second.size()) return {};
  HeldPort& held = found->second;
  Socket taken = std::move(held[index]);
  if (taken) take_datagrams(taken);
  const bool is_empty = std::none_of(held.begin(), held.end(), [](const Socket& left) { return bool(left); });
  if (is_empty) leases_.erase(found);
  return taken;
}

}  // namespace port_for
