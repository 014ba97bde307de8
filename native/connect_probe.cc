#include "connect_probe.h"

#include <cerrno>

namespace {

Outcome verdict_of(int error, const char* call) {
  switch (error) {
    case 0:
      return Verdict::kUsed;
    case ECONNREFUSED:
      return Verdict::kFree;
    case EACCES:
    case EPERM:
      return Verdict::kDenied;
    case EINPROGRESS:
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case ECONNRESET:
    case ECONNABORTED:
      return Verdict::kFiltered;
    default:
      return Fault{error, call};
  }
}

}  // namespace

int ConnectAttempt::begin(const Address& address) {
  address_ = address;
  if (!socket_) {
    failed_call_ = "socket";
    if (const int error = socket_.open(address.family(), Transport::kTcp)) return error;
  }
  failed_call_ = "connect";
  return begin_connect(socket_, address_);
}

Outcome ConnectAttempt::settle(int error) {
  if (error == ECONNREFUSED && survives_refusal()) return Verdict::kFree;
  Outcome outcome = verdict_of(error, failed_call_);
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

bool ConnectAttempt::is_within_one_machine() const {
  Address local = address_, peer = address_;
  if (!socket_.local_address(&local) || !socket_.peer_address(&peer)) return false;
  local.set_port(0);
  peer.set_port(0);
  return local == peer;
}

Outcome ConnectProbe::probe(uint16_t port) {
  address_.set_port(port);
  int error = attempt_.begin(address_);
  if (error == EINPROGRESS) error = attempt_.collect();
  if (error == EINPROGRESS && wait_for_answer(attempt_.socket(), timeout_milliseconds_))
    error = attempt_.collect();
  return attempt_.settle(error);
}

bool machine_has(Address address) {
  address.set_port(0);
  Socket socket;
  if (socket.open(address.family(), Transport::kTcp) == EAFNOSUPPORT) return false;
  return !socket || socket.bind(address) != EADDRNOTAVAIL;
}

std::variant<bool, Fault> reaches_itself(Address address) {
  constexpr int kMilliseconds = 100;
  address.set_port(0);
  Socket listener;
  if (const int error = listener.open(address.family(), Transport::kTcp)) {
    if (error == EAFNOSUPPORT) return false;
    return Fault{error, "socket"};
  }
  if (const int error = listener.bind(address)) {
    if (error == EADDRNOTAVAIL) return false;
    return Fault{error, "bind"};
  }
  if (const int error = listener.listen()) return Fault{error, "listen"};
  listener.local_address(&address);
  const Outcome outcome = ConnectProbe(address, kMilliseconds).probe(address.port());
  if (const Fault* fault = std::get_if<Fault>(&outcome)) return *fault;
  return is(outcome, Verdict::kUsed);
}
