#pragma once

#include <vector>

#include "outcome.h"

namespace port_for {

/** The bytes of a sysctl that can grow while it is read, such as a list of sockets. */
Result<std::vector<char>> read_sysctl(const char* name);
Result<std::vector<char>> read_sysctl(std::vector<int> path);

}  // namespace port_for
