#include "this_machine.h"

#include <cerrno>

#include "connect_probe.h"
#include "route.h"
#include "socket.h"

namespace {

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

Result<bool> reaches_itself(Address address) {
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
