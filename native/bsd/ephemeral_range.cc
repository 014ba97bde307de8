#include "ephemeral_range.h"

#include <sys/sysctl.h>
#include <sys/types.h>

#include <algorithm>

namespace port_for {

namespace {

bool read(const char* name, int* value) {
  size_t size = sizeof *value;
  return sysctlbyname(name, value, &size, nullptr, 0) == 0 && *value > 0 && *value <= 65535;
}

/** Reads the range named by two sysctls, which may be set in either order: some kernels count downwards. */
void append_range(std::vector<PortRange>& ranges, const char* first, const char* last) {
  int ends[2] = {};
  if (!read(first, &ends[0]) || !read(last, &ends[1])) return;
  const auto [low, high] = std::minmax(ends[0], ends[1]);
  ranges.emplace_back(static_cast<uint16_t>(low), static_cast<uint16_t>(high));
}

}  // namespace

Result<std::vector<PortRange>> ephemeral_ranges() {
  std::vector<PortRange> ranges;
  // macOS and FreeBSD (ip(4)); sockets choose among the three by IP_PORTRANGE.
  append_range(ranges, "net.inet.ip.portrange.first", "net.inet.ip.portrange.last");
  append_range(ranges, "net.inet.ip.portrange.hifirst", "net.inet.ip.portrange.hilast");
  append_range(ranges, "net.inet.ip.portrange.lowfirst", "net.inet.ip.portrange.lowlast");
  // NetBSD (sysctl(7)).
  append_range(ranges, "net.inet.ip.anonportmin", "net.inet.ip.anonportmax");
  append_range(ranges, "net.inet.ip.lowportmin", "net.inet.ip.lowportmax");
  if (ranges.empty()) ranges.push_back(kDefaultEphemeralRange);
  return ranges;
}

Result<std::vector<PortRange>> reserved_ranges() {
  return std::vector<PortRange>();
}

}  // namespace port_for
