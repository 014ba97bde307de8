#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "outcome.h"

namespace port_for {

/** A range of ports, both ends included. */
using PortRange = std::pair<uint16_t, uint16_t>;

/** What Linux uses where nothing else is said, and port-for assumes where the system has no such setting. */
constexpr PortRange kDefaultEphemeralRange{32768, 65535};

/**
 * The ranges that the running kernel takes the ports for bind(0) and for outgoing connections from. A fault
 * where the setting cannot be read just now: a default in its place would hand out ephemeral ports.
 */
Result<std::vector<PortRange>> ephemeral_ranges();

/** The ranges that the administrator keeps out of these, for servers yet to come. */
Result<std::vector<PortRange>> reserved_ranges();

}  // namespace port_for
