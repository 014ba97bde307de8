#pragma once

#include <cstdint>
#include <unordered_map>

#include "bind_probe.h"

/**
 * The ports that this JavaScript environment holds, by a number that is never used twice. It belongs to the
 * environment: a worker thread that ends lets its ports go.
 */
class LeaseTable {
 public:
  uint32_t add(HeldPort held);
  /** Lets the port go; harmless if it was let go before. */
  void release(uint32_t id) { leases_.erase(id); }
  /** The first socket that holds the port; kNoSocket once it was let go. */
  SocketHandle handle(uint32_t id, size_t index) const;
  /** Hands that socket to the caller, who closes it. */
  SocketHandle take(uint32_t id, size_t index);

 private:
  std::unordered_map<uint32_t, HeldPort> leases_;
  uint32_t last_id_ = 0;
};
