#pragma once

#include <cstdint>

#include "outcome.h"

namespace port_for {

/**
 * A random number of the system. Needs no descriptor: `std::random_device` opens /dev/urandom in some C++
 * libraries, and throws an error of its own where it cannot.
 */
Result<uint64_t> random_seed();

}  // namespace port_for
