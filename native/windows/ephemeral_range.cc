#include "ephemeral_range.h"

namespace port_for {

// The dynamic ports of RFC 6335, which Windows starts out with. `netsh int ipv4 set dynamicport` moves them,
// unseen from here.
std::vector<PortRange> ephemeral_ranges() {
  return {{49152, 65535}};
}

PortBits reserved_ports() {
  return {};
}

}  // namespace port_for
