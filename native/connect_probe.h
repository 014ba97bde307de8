#pragma once

#include <cstdint>

#include "address.h"
#include "hang_ups.h"
#include "outcome.h"
#include "socket.h"

namespace port_for {

/**
 * One connection attempt after the other on one socket, which is opened anew only when its last connection
 * stood, or where the system does not connect a refused socket again. Connections that stand are reset:
 * nothing is left behind.
 */
class ConnectAttempt {
 public:
  /** Begins to connect: 0 if it stands at once, EINPROGRESS while it is open, else the error that ended it.
   */
  int begin(const Address& address);
  /** The same for the attempt that was begun. */
  int collect() { return collect_connect(socket_, address_); }
  /** The port being asked. */
  uint16_t port() const { return address_.port(); }
  const Socket& socket() const { return socket_; }

  /**
   * The verdict on an attempt that ended with `error`, EINPROGRESS meaning that its time was up. A connection
   * that stands is handed over as `accepted`. The attempt is then ready for the next.
   */
  Outcome settle(int error, Socket* accepted);

  /**
   * Whether the attempt that ended with `error` was accepted, and yet nobody may listen: two clients of one
   * machine whose source ports happen to be each other's targets connect to one another. Only a second
   * attempt can tell. Asked before the attempt is settled.
   */
  bool may_lack_listener(int error) const;

 private:
  Address address_ = Address::any(AF_INET);
  Socket socket_;
  /** The question went out: what is refused now is refused by somebody else. */
  bool is_asked_ = false;
};

/** Whether an attempt that ended with `error` met nobody: another may meet somebody. */
bool is_without_answer(int error);

/** Whether the network, or this machine, says that the host cannot be reached. */
bool is_unreachable(int error);

/** Asks one address of this machine for one port after the other, waiting for each answer. */
class ConnectProbe {
 public:
  ConnectProbe(const Address& address, int timeout_milliseconds, HangUps& hang_ups)
      : address_(address), timeout_milliseconds_(timeout_milliseconds), hang_ups_(hang_ups) {}

  const Address& address() const { return address_; }
  Outcome probe(uint16_t port);

 private:
  Address address_;
  int timeout_milliseconds_;
  HangUps& hang_ups_;
  ConnectAttempt attempt_;
};

}  // namespace port_for
