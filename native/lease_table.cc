#include "lease_table.h"

#include <utility>

uint32_t LeaseTable::add(HeldPort held) {
  leases_.emplace(++last_id_, std::move(held));
  return last_id_;
}

SocketHandle LeaseTable::handle(uint32_t id, size_t index) const {
  const auto found = leases_.find(id);
  return found == leases_.end() || index >= found->second.size() ? kNoSocket : found->second[index].handle();
}

SocketHandle LeaseTable::take(uint32_t id, size_t index) {
  const auto found = leases_.find(id);
  return found == leases_.end() || index >= found->second.size() ? kNoSocket : found->second[index].release();
}
