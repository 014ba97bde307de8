#include "connect_probe.h"

#include <cerrno>
#include <utility>

namespace port_for {

namespace {

/** The verdict on a connection that ended with `error`, at once or after it was asked for. */
Outcome verdict_of(int error, bool is_asked) {
  switch (error) {
    case 0:
    // A connection that stood, and was closed or reset before it was looked at.
    case ECONNRESET:
    case EPIPE:
      return Verdict::kUsed;
    case ECONNREFUSED:
      return Verdict::kFree;
    case EPERM:
      return Verdict::kDenied;
    case EACCES:
      // Of this machine's own rules, or the word of a firewall on the way (ICMPv6 "administratively
      // prohibited").
      return is_asked ? Verdict::kFiltered : Verdict::kDenied;
    // What other ICMP messages become (Linux icmp(7) and net/ipv4/icmp.c).
    case ENOPROTOOPT:
    case EPROTO:
      return Verdict::kFiltered;
    default:
      if (is_without_answer(error) || is_unreachable(error)) return Verdict::kFiltered;
      return Fault{error, "connect"};
  }
}

}  // namespace

int ConnectAttempt::begin(const Address& address) {
  address_ = address;
  if (!socket_) {
    if (const int error = socket_.open(address.family(), Transport::kTcp)) return error;
  }
  const int error = begin_connect(socket_, address_);
  is_asked_ = error == EINPROGRESS;
  return error;
}

Outcome ConnectAttempt::settle(int error, Socket* accepted) {
  if (error == ECONNREFUSED && survives_refusal()) return Verdict::kFree;
  if (!socket_) return Fault{error, "socket"};
  Outcome outcome = verdict_of(error, is_asked_);
  if (error == 0) {
    // A client whose source port happens to be the port it asks for connects to itself: nobody listens there.
    Address local = address_, peer = address_;
    const bool is_itself = socket_.local_address(&local) && socket_.peer_address(&peer) && local == peer;
    if (is_itself) {
      outcome = Verdict::kFree;
      socket_.set_reset_on_close();
    } else {
      *accepted = std::move(socket_);
    }
  }
  socket_.close();
  return outcome;
}

bool ConnectAttempt::may_lack_listener(int error) const {
  if (error != 0 && error != ECONNRESET && error != EPIPE) return false;
  Address local = address_, peer = address_;
  // Whose a connection was can no longer be seen once it is reset, which can also happen right now.
  if (error != 0 || !socket_.local_address(&local) || !socket_.peer_address(&peer)) return true;
  local.set_port(0);
  peer.set_port(0);
  return local == peer;
}

bool is_without_answer(int error) {
  return error == EINPROGRESS || error == ETIMEDOUT || error == ECONNABORTED;
}

bool is_unreachable(int error) {
  switch (error) {
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
#ifdef EHOSTDOWN
    case EHOSTDOWN:
#endif
#ifdef ENONET
    case ENONET:
#endif
      return true;
    default:
      return false;
  }
}

Outcome ConnectProbe::probe(uint16_t port) {
  address_.set_port(port);
  int error = attempt_.begin(address_);
  if (error == EINPROGRESS) error = attempt_.collect();
  if (error == EINPROGRESS && wait_for_answer(attempt_.socket(), timeout_milliseconds_))
    error = attempt_.collect();
  Socket accepted;
  const Outcome outcome = attempt_.settle(error, &accepted);
  if (accepted) hang_ups_.add(std::move(accepted));
  return outcome;
}

}  // namespace port_for
