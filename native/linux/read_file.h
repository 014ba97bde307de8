#pragma once

#include <string>

#include "outcome.h"

namespace port_for {

/** The whole text of a file in /proc, which tells no size; a fault by the call that failed. */
Result<std::string> read_file(const char* path);

}  // namespace port_for
