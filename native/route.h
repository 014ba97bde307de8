#pragma once

#include <optional>

#include "address.h"
#include "outcome.h"

namespace port_for {

/**
 * Whether the system's routes lead `address` back to this machine itself; nothing where they cannot be asked.
 * Unlike a bind that succeeds, it is no matter of settings: Linux can let everybody bind any address
 * (`ip_nonlocal_bind`). A fault where they cannot be asked just now, as with no descriptor left.
 */
Result<std::optional<bool>> leads_here(const Address& address);

}  // namespace port_for
