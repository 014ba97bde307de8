#pragma once

#include <cstdint>
#include <map>
#include <unordered_set>
#include <vector>

namespace port_for {

/** Sockets by their inodes, in ascending order, for each process that has any of them open. */
using OpenSockets = std::map<uint32_t, std::vector<uint64_t>>;

/** The processes that have any of the sockets open, as far as `/proc` shows their descriptors to this one. */
OpenSockets find_open_sockets(const std::unordered_set<uint64_t>& inodes);

}  // namespace port_for
