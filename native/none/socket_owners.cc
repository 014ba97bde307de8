#include "socket_owners.h"

namespace port_for {

std::vector<SocketOwner> socket_owners(const std::unordered_set<uint64_t>&) {
  return {};
}

}  // namespace port_for
