#include "this_machine.h"

#include <cerrno>
#include <iterator>
#include <vector>

#include "connect_probe.h"
#include "route.h"
#include "socket.h"

namespace port_for {

namespace {

Result<bool> can_be_bound(Address address) {
  address.set_port(0);
  Socket socket;
  const int error = socket.open(address.family(), Transport::kTcp);
  if (error == EAFNOSUPPORT) return false;
  if (error != 0) return Fault{error, "socket"};
  return socket.bind(address) != EADDRNOTAVAIL;
}

bool is_true(const Result<bool>& answer) {
  const bool* known = std::get_if<bool>(&answer);
  return known != nullptr && *known;
}

/** Ports outside the ephemeral ranges that hardly anybody listens on (tcpmux, and the last one): their
 * refusal tells as much as an answer. One of our own would be found used by others for as long as it is held.
 */
constexpr uint16_t kQuietPorts[] = {1, 65535};

/** How long each of them may take. This machine answers within the call, unless a firewall drops it; a scan
 * waits three times as long then. */
constexpr int kAnswerMilliseconds = 50;

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
  // Linux refuses with EINVAL where a route is a black hole.
  return error != ENETUNREACH && error != EHOSTUNREACH && error != ENETDOWN && error != EADDRNOTAVAIL &&
         error != EINVAL;
}

Result<bool> machine_has(const Address& address) {
  const auto is_bound = can_be_bound(address);
  if (!is_true(is_bound)) return is_bound;
  if (address.is_any() || address.is_loopback()) return true;
  // Where every address can be bound, the routes tell.
  const auto is_any_bound = can_be_bound(foreign(address.family()));
  if (const Fault* fault = std::get_if<Fault>(&is_any_bound)) return *fault;
  if (!std::get<bool>(is_any_bound)) return true;
  const auto leads = leads_here(address);
  if (const Fault* fault = std::get_if<Fault>(&leads)) return *fault;
  return std::get<std::optional<bool>>(leads).value_or(true);
}

Result<bool> reaches_itself(const Address& address, HangUps& hang_ups, std::optional<uint16_t> first) {
  const auto is_ours = machine_has(address);
  if (!is_true(is_ours)) return is_ours;
  ConnectProbe probe(address, kAnswerMilliseconds, hang_ups);
  std::vector<uint16_t> ports(std::begin(kQuietPorts), std::end(kQuietPorts));
  if (first) ports.insert(ports.begin(), *first);
  for (const uint16_t port : ports) {
    const Outcome outcome = probe.probe(port);
    if (const Fault* fault = std::get_if<Fault>(&outcome)) {
      // Where every ephemeral port is taken, nothing can be tried; whoever connects next will tell.
      if (fault->error == EADDRNOTAVAIL) return true;
      return *fault;
    }
    if (is(outcome, Verdict::kFree) || is(outcome, Verdict::kUsed)) return true;
  }
  return false;
}

}  // namespace port_for
