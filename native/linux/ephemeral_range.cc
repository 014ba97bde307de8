#include "ephemeral_range.h"

#include <fstream>

namespace port_for {

// Both files belong to the network namespace of the reader. Format: Linux
// Documentation/networking/ip-sysctl.rst.

std::vector<PortRange> ephemeral_ranges() {
  std::ifstream file("/proc/sys/net/ipv4/ip_local_port_range");
  uint16_t low = 0, high = 0;
  if (file >> low >> high && low <= high) return {{low, high}};
  return {kDefaultEphemeralRange};
}

PortBits reserved_ports() {
  PortBits ports;
  std::ifstream file("/proc/sys/net/ipv4/ip_local_reserved_ports");
  for (uint16_t low = 0; file >> low; file.ignore(1, ',')) {
    uint16_t high = low;
    if (file.peek() == '-') file.ignore() >> high;
    ports.add_range(low, high);
  }
  return ports;
}

}  // namespace port_for
