#include "ephemeral_range.h"

#include <sys/sysctl.h>
#include <sys/types.h>

#include <string>

namespace {

constexpr char kPrefix[] = "net.inet.ip.portrange.";

bool read(const std::string& name, int* value) {
  size_t size = sizeof *value;
  return sysctlbyname((kPrefix + name).c_str(), value, &size, nullptr, 0) == 0 && *value > 0 &&
         *value <= 65535;
}

/** Reads the range named by two sysctls. The ends may be set in either order: some kernels count downwards.
 */
void append_range(std::vector<PortRange>& ranges, const std::string& first, const std::string& last) {
  int from = 0, to = 0;
  if (!read(first, &from) || !read(last, &to)) return;
  if (from > to) std::swap(from, to);
  ranges.emplace_back(static_cast<uint16_t>(from), static_cast<uint16_t>(to));
}

}  // namespace

std::vector<PortRange> ephemeral_ranges() {
  std::vector<PortRange> ranges;
  append_range(ranges, "first", "last");
  append_range(ranges, "hifirst", "hilast");
  append_range(ranges, "lowfirst", "lowlast");
  if (ranges.empty()) ranges.push_back(kDefaultEphemeralRange);
  return ranges;
}

PortBits reserved_ports() {
  return {};
}
