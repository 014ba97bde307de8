#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "address.h"
#include "outcome.h"
#include "socket.h"

namespace port_for {

/** A bound socket that keeps a port from others. */
struct HeldSocket {
  Transport transport;
  Socket socket;
};

/** The sockets that hold one port: one for each transport, TCP first, and address that it was bound for. */
using HeldPort = std::vector<HeldSocket>;

/**
 * Where a port is bound to learn whether it is free. With no address given that is the dual-stack wildcard,
 * which meets every socket of both families on every local address; where IPv6 is off, `0.0.0.0`; where no
 * socket can be of both families, the wildcard of each.
 */
class BindTarget {
 public:
  BindTarget(std::vector<Address> addresses, std::vector<Transport> transports, bool reuses_address = false);

  /** Every local address is meant, by none or by the dual-stack wildcard, rather than some. */
  bool is_everywhere() const { return everywhere_; }
  const std::vector<Address>& addresses() const { return addresses_; }
  const std::vector<Transport>& transports() const { return transports_; }
  /**
   * TCP connections that a closed server left behind (TIME_WAIT) do not count. Neither do sockets that are
   * bound with SO_REUSEADDR and do not listen: the caller has to look for those in the socket table.
   */
  bool reuses_address() const { return reuses_address_; }
  /** Where a redirected port would answer: the loopback of both families, or where clients reach the
   * addresses. */
  std::vector<Address> client_addresses() const;

 private:
  std::vector<Address> addresses_;
  std::vector<Transport> transports_;
  bool everywhere_;
  bool reuses_address_;
};

/** Asks by binding, without SO_REUSEADDR unless closed connections do not count, whether ports are free. A
 * port found free stays bound until the next. */
class BindProbe {
 public:
  explicit BindProbe(const BindTarget& target);

  Outcome probe(uint16_t port);
  /** Hands over the sockets that hold the last port found free. */
  HeldPort take();
  /** Gives that port back. */
  void let_go();

 private:
  struct Place {
    Address address;
    Transport transport;
    bool dual_stack;
    bool reuse_address;
    Socket socket;
    bool is_bound = false;
  };

  Outcome bind(Place& place, uint16_t port);
  /** Opens a socket that can be bound as `place` says. */
  static std::optional<Fault> open(Socket& socket, const Place& place);
  /** Binds a dual-stack socket where the kernel would overlook that somebody has `0.0.0.0`. */
  static int bind_both_families(Place& place);

  std::vector<Place> places_;
};

}  // namespace port_for
