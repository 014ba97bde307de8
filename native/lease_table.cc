#include "lease_table.h"

#include <algorithm>
#include <utility>

#include "server_socket.h"

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

HeldPort* LeaseTable::find(uint32_t id) {
  const auto found = leases_.find(id);
  return found == leases_.end() ? nullptr : &found->second;
}

int LeaseTable::share(uint32_t id) {
  HeldPort* held = find(id);
  if (held == nullptr) return 0;
  for (Socket& socket : *held) {
    if (!socket) continue;
    if (const int error = make_usable(socket)) return error;
  }
  return 0;
}

Result<Socket> LeaseTable::take(uint32_t id, size_t index) {
  HeldPort* held = find(id);
  if (held == nullptr || index >= held->size()) return Socket();
  Socket& socket = (*held)[index];
  if (socket) {
    if (const int error = make_usable(socket)) return Fault{error, "bind"};
  }
  Socket taken = std::move(socket);
  release(id, index);
  return taken;
}

void LeaseTable::release(uint32_t id, size_t index) {
  HeldPort* held = find(id);
  if (held == nullptr || index >= held->size()) return;
  (*held)[index].close();
  if (std::none_of(held->begin(), held->end(), [](const Socket& left) { return bool(left); })) release(id);
}

}  // namespace port_for
