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
  return socket.peer_address(&peer) ? 0 : EINPROGRESS;
}

bool survives_refusal() {
  return false;
}

// BSD admits no second socket at the very same address, so a server has to be handed the one that holds the
// port.
int admit_servers(Socket&, bool) {
  return 0;
}

void refuse_datagrams(Socket&) {}

void take_datagrams(Socket&) {}

}  // namespace port_for
