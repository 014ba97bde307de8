#include "hang_up.h"

namespace port_for {

/** Node shows no descriptors of sockets here. */
void hang_up(const std::vector<int>&, std::chrono::milliseconds) {}

Socket duplicate_of(int) {
  return {};
}

}  // namespace port_for
