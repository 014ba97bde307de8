#pragma once

#include <cstdint>
#include <optional>

#include "address.h"
#include "hang_ups.h"
#include "outcome.h"

namespace port_for {

/** Whether this machine knows a way to `address`. Nothing is sent. */
bool has_route(Address address);

/**
 * Whether this machine has `address`, so that a socket can be bound to it. A fault where the kernel refuses
 * to tell, as with no descriptor left.
 */
Result<bool> machine_has(const Address& address);

/**
 * Whether a connection from this machine to itself by `address` works at all: not where IPv6 is off, or the
 * loopback interface is down. Asks for the port `first`, then for two that hardly anybody listens on. Takes
 * up to 150 ms where a firewall drops it. A fault where the kernel refuses to tell, as with no descriptor
 * left.
 */
Result<bool> reaches_itself(const Address& address, HangUps& hang_ups,
                            std::optional<uint16_t> first = std::nullopt);

}  // namespace port_for
