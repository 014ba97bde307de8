#include "connect_probe.h"

#include <cerrno>

#include "route.h"

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
    case EINPROGRESS:
    case ETIMEDOUT:
    case ECONNABORTED:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    // What other ICMP messages become (Linux icmp(7) and net/ipv4/icmp.c).
    case ENOPROTOOPT:
    case EPROTO:
#ifdef EHOSTDOWN
    case EHOSTDOWN:
#endif
#ifdef ENONET
    case ENONET:
#endif
      return Verdict::kFiltered;
    default:
      return Fault{error, "connect"};
  }
}

bool can_be_bound(Address address) {
  address.set_port(0);
  Socket socket;
  if (socket.open(address.family(), Transport::kTcp) == EAFNOSUPPORT) return false;
  return !socket || socket.bind(address) != EADDRNOTAVAIL;
}

/** An address for documentation (RFC 5737, RFC 3849), which no machine has. */
Address foreign(int family) {
  return *Address::parse(family == AF_INET ? "192.0.2.1" : "2001:db8::1");
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

Outcome ConnectAttempt::settle(int error) {
  if (error == ECONNREFUSED && survives_refusal()) return Verdict::kFree;
  if (!socket_) return Fault{error, "socket"};
  Outcome outcome = verdict_of(error, is_asked_);
  if (error == 0) {
    // A client whose source port happens to be the port it asks for connects to itself: nobody listens there.
    Address local = address_, peer = address_;
    if (socket_.local_address(&local) && socket_.peer_address(&peer) && local == peer)
      outcome = Verdict::kFree;
    socket_.set_reset_on_close();
  }
  socket_.close();
  return outcome;
}

bool ConnectAttempt::may_lack_listener(int error) const {
  if (error == ECONNRESET || error == EPIPE) return true;  // Whose it was can no longer be seen.
  Address local = address_, peer = address_;
  if (error != 0 || !socket_.local_address(&local) || !socket_.peer_address(&peer)) return false;
  local.set_port(0);
  peer.set_port(0);
  return local == peer;
}

bool is_without_answer(int error) {
  return error == EINPROGRESS || error == ETIMEDOUT || error == ECONNABORTED;
}

Outcome ConnectProbe::probe(uint16_t port) {
  address_.set_port(port);
  int error = attempt_.begin(address_);
  if (error == EINPROGRESS) error = attempt_.collect();
  if (error == EINPROGRESS && wait_for_answer(attempt_.socket(), timeout_milliseconds_))
    error = attempt_.collect();
  return attempt_.settle(error);
}

bool has_route(Address address) {
  constexpr uint16_t kAnyPort = 9;
  address.set_port(kAnyPort);
  Socket socket;
  if (socket.open(address.family(), Transport::kUdp) == EAFNOSUPPORT) return false;
  // Connecting a datagram socket looks up the way, and no more.
  const int error = socket ? begin_connect(socket, address) : 0;
  return error != ENETUNREACH && error != EHOSTUNREACH && error != ENETDOWN && error != EADDRNOTAVAIL;
}

bool machine_has(const Address& address) {
  if (!can_be_bound(address)) return false;
  if (address.is_any() || address.is_loopback() || !can_be_bound(foreign(address.family()))) return true;
  return leads_here(address).value_or(true);
}

std::variant<bool, Fault> reaches_itself(Address address) {
  constexpr int kMilliseconds = 100;
  address.set_port(0);
  Socket listener;
  if (const int error = listener.open(address.family(), Transport::kTcp)) {
    if (error == EAFNOSUPPORT) return false;
    return Fault{error, "socket"};
  }
  // Where every ephemeral port is taken, nothing can be tried; whoever connects next will tell.
  if (const int error = listener.bind(address)) {
    if (error == EADDRNOTAVAIL) return false;
    if (error == EADDRINUSE) return true;
    return Fault{error, "bind"};
  }
  if (const int error = listener.listen()) return Fault{error, "listen"};
  listener.local_address(&address);
  const Outcome outcome = ConnectProbe(address, kMilliseconds).probe(address.port());
  if (const Fault* fault = std::get_if<Fault>(&outcome)) {
    if (fault->error == EADDRNOTAVAIL) return true;
    return *fault;
  }
  return is(outcome, Verdict::kUsed);
}
