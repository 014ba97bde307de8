#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "bind_probe.h"
#include "outcome.h"

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
  void release(uint32_t id, size_t index);
  bool is_held(uint32_t id) const { return leases_.count(id) > 0; }
  /** The sockets that hold the port, kNoSocket for each that was taken; none once it was let go. */
  std::vector<SocketHandle> handles(uint32_t id) const;
  /** The sockets themselves; none once the port was let go. */
  HeldPort* find(uint32_t id);
  /** Makes them fit for others to use, who share them. Answers 0 or an errno value. */
  int share(uint32_t id);
  /** Hands a socket to the caller, who closes it. With the last one the port is let go. */
  Result<Socket> take(uint32_t id, size_t index);

 private:
  std::unordered_map<uint32_t, HeldPort> leases_;
  uint32_t last_id_ = 0;
};

}  // namespace port_for
