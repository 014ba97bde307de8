#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "bind_probe.h"
#include "judge.h"
#include "outcome.h"
#include "port_bits.h"

namespace port_for {

struct PickRequest {
  PortBits candidates;
  size_t count;
  /** Keep the sockets that hold the ports, rather than the ports' numbers alone. */
  bool hold;
  /** Keep servers with SO_REUSEADDR out too. */
  bool is_exclusive = false;
};

struct Pick {
  std::vector<uint16_t> ports;
  /** As many as `ports` where the request says `hold`, else none. */
  std::vector<HeldPort> held;
  /** How many candidates this process may not bind. */
  size_t denied = 0;
  /** The reason why the walk ended early; the ports found until then are no answer. */
  std::optional<Fault> fault;
};

/**
 * Walks the candidates in uniformly random order until `count` of them passed `judge`. Fewer come back only
 * when every other candidate failed. Those that give no answer, a firewall's, are waited for together, after
 * all others. The fault is ECANCELED where `is_cancelled` became true.
 */
Pick pick(const PickRequest& request, Judge& judge, const std::atomic<bool>& is_cancelled);

/**
 * One random candidate if it is free and that is known within the call, which then takes some microseconds:
 * what nearly every pick of one port is. Nothing otherwise, whatever the reason: pick() finds out.
 */
std::optional<uint16_t> pick_at_once(const PortBits& candidates, Judge& judge);

}  // namespace port_for
