#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "bind_probe.h"
#include "connect_probe.h"
#include "hang_ups.h"
#include "outcome.h"

namespace port_for {

/** A port that is bound and was asked for, and gave no answer within the call. */
struct OpenQuestion {
  uint16_t port;
  HeldPort held;
  /** Which of the judge's clients asks, and its connection attempt. */
  size_t client;
  ConnectAttempt attempt;
  std::chrono::steady_clock::time_point deadline;
};

/**
 * Judges whether a port is free to listen on: it can be bound, and while it is, a connection to it is
 * refused. Ports that NAT redirects or a proxy answers for are bound by nobody, and yet answer. Since the
 * port is bound when it is asked for, no client can have been given it, so what answers is no other client.
 */
class Judge {
 public:
  Judge(BindTarget target, HangUps& hang_ups);

  const BindTarget& target() const { return target_; }

  /** Begins a series of ports, a moment in which the machine's addresses count as unchanged. */
  void begin();
  /** The verdict; nothing where the port gives no answer yet, which leaves a question open. */
  std::optional<Outcome> judge(uint16_t port);
  /** Hands over the sockets that hold the last port judged free. */
  HeldPort take() { return bind_.take(); }
  /** Gives the last port back. The sockets that connect stay open, unbound, for the next port. */
  void let_go() { bind_.let_go(); }

  /** Hands over the question that judge() left open. */
  OpenQuestion take_open();
  /** Looks for its answer: a verdict, used where the time is up, or nothing yet. */
  std::optional<Outcome> resume(OpenQuestion& question);

 private:
  /** Where a redirected port would answer. */
  struct Client {
    Address address;
    ConnectAttempt attempt;
    /** Whether connections of this machine to itself work there. */
    enum { kUnknown, kWorks, kIsMissing } state;
  };

  /** Asks at the clients from `index` on. */
  std::optional<Outcome> ask(uint16_t port, size_t index);
  Outcome settle(Client& client, ConnectAttempt& attempt, int error);

  BindTarget target_;
  HangUps& hang_ups_;
  BindProbe bind_;
  std::vector<Client> clients_;
  /** The client whose attempt was left without an answer. */
  size_t silent_ = 0;
};

}  // namespace port_for
