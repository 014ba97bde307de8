#pragma once

#include <cstdint>
#include <vector>

#include "bind_probe.h"
#include "connect_probe.h"
#include "outcome.h"

namespace port_for {

/**
 * Judges whether a port is free to listen on: it can be bound, and while it is, a connection to it is
 * refused. Ports that NAT redirects or a proxy answers for are bound by nobody, and yet answer. Since the
 * port is bound when it is asked for, no client can have been given it, so what answers is no other client.
 */
class Judge {
 public:
  explicit Judge(BindTarget target);

  const BindTarget& target() const { return target_; }

  /** Begins a series of ports, a moment in which the machine's addresses count as unchanged. */
  void begin();
  Outcome judge(uint16_t port);
  /** Hands over the sockets that hold the last port judged free. */
  HeldPort take() { return bind_.take(); }
  /** Gives the last port back. The sockets that connect stay open, unbound, for the next port. */
  void let_go() { bind_.let_go(); }

 private:
  /** Where a redirected port would answer. */
  struct Client {
    ConnectProbe probe;
    enum { kUnknown, kWorks, kIsMissing } address;
  };

  Outcome connect(Client& client, uint16_t port);

  BindTarget target_;
  BindProbe bind_;
  std::vector<Client> clients_;
};

}  // namespace port_for
