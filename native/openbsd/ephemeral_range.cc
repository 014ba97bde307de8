#include "ephemeral_range.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/sysctl.h>
#include <sys/types.h>

#include <algorithm>

namespace port_for {

namespace {

/** Reads the range named by two of the numbers that stand for `net.inet.ip.port*` (sysctl(2)). */
void append_range(std::vector<PortRange>& ranges, int first, int last) {
  int ends[2] = {};
  const int names[2] = {first, last};
  for (int index = 0; index < 2; index++) {
    int path[] = {CTL_NET, PF_INET, IPPROTO_IP, names[index]};
    size_t size = sizeof ends[index];
    if (sysctl(path, 4, &ends[index], &size, nullptr, 0) != 0) return;
    if (ends[index] < 1 || ends[index] > 65535) return;
  }
  const auto [low, high] = std::minmax(ends[0], ends[1]);
  ranges.emplace_back(static_cast<uint16_t>(low), static_cast<uint16_t>(high));
}

}  // namespace

Result<std::vector<PortRange>> ephemeral_ranges() {
  std::vector<PortRange> ranges;
  append_range(ranges, IPCTL_IPPORT_FIRSTAUTO, IPCTL_IPPORT_LASTAUTO);
  append_range(ranges, IPCTL_IPPORT_HIFIRSTAUTO, IPCTL_IPPORT_HILASTAUTO);
  if (ranges.empty()) ranges.push_back(kDefaultEphemeralRange);
  return ranges;
}

Result<std::vector<PortRange>> reserved_ranges() {
  return std::vector<PortRange>();
}

}  // namespace port_for
