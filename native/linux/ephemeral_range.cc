#include "ephemeral_range.h"

#include <cerrno>
#include <sstream>
#include <string>

#include "read_file.h"

namespace port_for {

// Both files belong to the network namespace of the reader. Format: Linux
// Documentation/networking/ip-sysctl.rst.

Result<std::vector<PortRange>> ephemeral_ranges() {
  const Result<std::string> text = read_file("/proc/sys/net/ipv4/ip_local_port_range");
  if (const Fault* fault = std::get_if<Fault>(&text)) {
    if (fault->error == ENOENT) return std::vector<PortRange>{kDefaultEphemeralRange};
    return *fault;
  }
  std::istringstream words(std::get<std::string>(text));
  uint16_t low = 0, high = 0;
  if (words >> low >> high && low <= high) return std::vector<PortRange>{{low, high}};
  return Fault{EBADMSG, "read"};
}

Result<std::vector<PortRange>> reserved_ranges() {
  const Result<std::string> text = read_file("/proc/sys/net/ipv4/ip_local_reserved_ports");
  std::vector<PortRange> ranges;
  if (const Fault* fault = std::get_if<Fault>(&text)) {
    if (fault->error == ENOENT) return ranges;
    return *fault;
  }
  std::istringstream list(std::get<std::string>(text));
  for (uint16_t low = 0; list >> low; list.ignore(1, ',')) {
    uint16_t high = low;
    if (list.peek() == '-') list.ignore() >> high;
    ranges.emplace_back(low, high);
  }
  return ranges;
}

}  // namespace port_for
