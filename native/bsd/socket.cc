#include <cerrno>

#include "socket.h"

namespace port_for {

// BSD sockets tell the answer once by SO_ERROR, and cannot be connected again after a refusal.
int collect_connect(Socket& socket, const Address&) {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(socket.handle(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  if (error != 0) return error == EHOSTDOWN ? EHOSTUNREACH : error;
  Address peer = Address::any(AF_INET);
  if (socket.peer_address(&peer)) return 0;
  // A connection that was reset at once has no peer any more. One that is under way is not ready yet.
  return wait_for_answer(socket, 0) ? ECONNRESET : EINPROGRESS;
}

bool survives_refusal() {
  return false;
}

// In XNU and FreeBSD in6_pcbbind() looks past sockets of the other family that are bound to every address.
bool dual_stack_meets_ipv4() {
  return false;
}

// BSD admits no second socket at the very same address, so a server has to be handed the one that holds the
// port.
int admit_servers(Socket&, bool) {
  return 0;
}

void refuse_datagrams(Socket&) {}

}  // namespace port_for
