#include "socket.h"

#include <cerrno>

#include "interface.h"

namespace port_for {

// On Linux a second connect() collects the answer, and after a refusal leaves the socket as new. SO_ERROR
// would collect it too, but then the next connect() on the socket fails once with ECONNABORTED.
int collect_connect(Socket& socket, const Address& address) {
  const int status = begin_connect(socket, address);
  return status == EISCONN ? 0 : status;
}

bool survives_refusal() {
  return true;
}

bool dual_stack_meets_ipv4() {
  return true;
}

// A bound socket keeps its port from every other plain bind; once it has SO_REUSEADDR too, one that asks for
// the same (the servers of Node, Go, Python, nginx, Java) binds and listens beside it, as long as it never
// listens itself.
int admit_servers(Socket& socket, bool is_admitted) {
  return socket.set_reuse_address(is_admitted);
}

// Datagrams have no listener: of two sockets the one with the closer address gets them, which may be ours. So
// ours is tied to an interface that is not there, from which none come; it still keeps its port from every
// socket that is tied to none. Before Linux 5.7 only root may do that: then it stays as it is.
void refuse_datagrams(Socket& socket) {
  tie_to_interface(socket, kNoInterface);
}

}  // namespace port_for
