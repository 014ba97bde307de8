#include "bind_probe.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <utility>

namespace port_for {

namespace {

/** What of IPv6 the kernel knows, for as long as it runs. */
struct Ipv6 {
  bool exists;
  /** OpenBSD has IPv6, and no sockets of both families. */
  bool is_dual_stack;
};

/** Asks once a process, or again for as long as the system has no answer: whoever asks then is told so by his
 * own socket. */
Ipv6 ipv6() {
  // The value of an optional<Ipv6>, which every thread finds alike.
  static std::atomic<int> known{0};
  constexpr int kIsKnown = 1, kExists = 2, kIsDualStack = 4;
  if (const int flags = known) return {(flags & kExists) != 0, (flags & kIsDualStack) != 0};
  Socket socket;
  const int opening = socket.open(AF_INET6, Transport::kTcp);
  if (opening != 0 && opening != EAFNOSUPPORT) return {true, true};
  const int setting = opening == 0 ? socket.set_dual_stack() : EINVAL;
  // OpenBSD, which has no sockets of both families, refuses with EINVAL.
  if (setting != 0 && setting != EINVAL) return {true, true};
  const Ipv6 answer{opening == 0, setting == 0};
  known = kIsKnown | (answer.exists ? kExists : 0) | (answer.is_dual_stack ? kIsDualStack : 0);
  return answer;
}

/** Whether a bind at `address` claims the port at every address of both families. */
bool is_dual_stack(const Address& address) {
  return address.family() == AF_INET6 && address.is_any() && ipv6().is_dual_stack;
}

/** The addresses that together mean every local address. */
std::vector<Address> wildcards() {
  std::vector<Address> addresses;
  if (ipv6().exists) addresses.push_back(Address::any(AF_INET6));
  if (!ipv6().is_dual_stack) addresses.push_back(Address::any(AF_INET));
  return addresses;
}

}  // namespace

BindTarget::BindTarget(std::vector<Address> addresses, std::vector<Transport> transports, bool reuses_address)
    : addresses_(std::move(addresses)), transports_(std::move(transports)), reuses_address_(reuses_address) {
  everywhere_ = addresses_.empty() || std::any_of(addresses_.begin(), addresses_.end(), is_dual_stack);
  if (addresses_.empty()) addresses_ = wildcards();
}

std::vector<Address> BindTarget::client_addresses() const {
  if (everywhere_) return {Address::loopback(AF_INET), Address::loopback(AF_INET6)};
  std::vector<Address> clients;
  for (const Address& address : addresses_) clients.push_back(address.client());
  return clients;
}

BindProbe::BindProbe(const BindTarget& target) {
  for (const Transport transport : target.transports()) {
    for (const Address& address : target.addresses()) {
      const bool reuse_address = target.reuses_address() && transport == Transport::kTcp;
      places_.push_back({address, transport, is_dual_stack(address), reuse_address, Socket(), false});
    }
  }
}

Outcome BindProbe::probe(uint16_t port) {
  let_go();
  for (Place& place : places_) {
    const Outcome outcome = bind(place, port);
    if (!is(outcome, Verdict::kFree)) return outcome;
  }
  return Verdict::kFree;
}

HeldPort BindProbe::take() {
  HeldPort held;
  for (Place& place : places_) {
    held.push_back({place.transport, std::move(place.socket)});
    place.is_bound = false;
  }
  return held;
}

Outcome BindProbe::bind(Place& place, uint16_t port) {
  // A socket whose bind failed is as good as new, so a run of used ports costs one call each.
  if (!place.socket) {
    if (const std::optional<Fault> fault = open(place.socket, place)) return *fault;
  }
  place.address.set_port(port);
  const bool may_overlook = place.dual_stack && !dual_stack_meets_ipv4();
  const int error = may_overlook ? bind_both_families(place) : place.socket.bind(place.address);
  place.is_bound = error == 0;
  if (error == 0) return Verdict::kFree;
  if (error == EADDRINUSE) return Verdict::kUsed;
  // EPERM is a control group's word, as systemd's SocketBindDeny= has it.
  if (error == EACCES || error == EPERM) return Verdict::kDenied;
  return Fault{error, "bind"};
}

std::optional<Fault> BindProbe::open(Socket& socket, const Place& place) {
  if (const int error = socket.open(place.address.family(), place.transport)) return Fault{error, "socket"};
  if (place.dual_stack) {
    if (const int error = socket.set_dual_stack()) return Fault{error, "setsockopt"};
  }
  if (place.reuse_address) {
    if (const int error = socket.set_reuse_address()) return Fault{error, "setsockopt"};
  }
  return std::nullopt;
}

// A socket of IPv4 asks on behalf of the dual-stack one. It stays bound while that is bound, so that nobody
// comes between; from then on the dual-stack socket keeps others off 0.0.0.0 by itself.
int BindProbe::bind_both_families(Place& place) {
  Socket ipv4;
  if (const int error = ipv4.open(AF_INET, place.transport))
    return error == EAFNOSUPPORT ? place.socket.bind(place.address) : error;
  if (place.reuse_address) ipv4.set_reuse_address();
  Address everywhere = Address::any(AF_INET);
  everywhere.set_port(place.address.port());
  if (const int error = ipv4.bind(everywhere)) return error;
  const int error = place.socket.bind(place.address);
  if (error != EADDRINUSE) return error;
  // NetBSD has no such exception: there it was our own socket that stood in the way.
  ipv4.close();
  return place.socket.bind(place.address);
}

void BindProbe::let_go() {
  for (Place& place : places_) {
    if (place.is_bound) place.socket.close();
    place.is_bound = false;
  }
}

}  // namespace port_for
