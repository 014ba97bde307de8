#include "ephemeral_range.h"

namespace port_for {

// The dynamic ports of RFC 6335, which Windows starts out with. No documented call tells where they were
// moved to or what is excluded: `lib/machine/netsh.ts` asks netsh, and this stands in where that is missing.
Result<std::vector<PortRange>> ephemeral_ranges() {
  return std::vector<PortRange>{{49152, 65535}};
}

Result<std::vector<PortRange>> reserved_ranges() {
  return std::vector<PortRange>();
}

}  // namespace port_for
