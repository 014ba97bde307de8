#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "bind_probe.h"

namespace port_for {

/**
 * The ports that this JavaScript environment holds, by a number that is never used twice. It belongs to the
 * environment: a worker thread that ends lets its ports go. The sockets of a port are counted as they were
 * bound: by transport, then by address.
 */
class LeaseTable {
 public:
  uint32_t add(HeldPort held);
  /** Lets the port go; harmless if it was let go before. */
  void release(uint32_t id) { leases_.erase(id); }
  /** Closes one of its sockets; with the last one the port is let go. */
  void release(uint32_t id, size_t index) { take_socket(id, index); }
  bool is_held(uint32_t id) const { return leases_.count(id) > 0; }
  /** The sockets that hold the port, kNoSocket for each that was taken; none once it was let go. */
  std::vector<SocketHandle> handles(uint32_t id) const;
  /** Lets servers with SO_REUSEADDR bind the port beside them, or no more. */
  void admit_servers(uint32_t id, bool is_admitted);
  /** Makes them fit for others to use, who share them. */
  void share(uint32_t id);
  /** Hands a socket to the caller, who closes it. With the last one the port is let go. */
  SocketHandle take(uint32_t id, size_t index) { return take_socket(id, index).release(); }

 private:
  Socket take_socket(uint32_t id, size_t index);

  std::unordered_map<uint32_t, HeldPort> leases_;
  uint32_t last_id_ = 0;
};

}  // namespace port_for
