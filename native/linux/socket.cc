#include <cerrno>

#include "socket.h"

// On Linux a second connect() collects the answer, and after a refusal leaves the socket as new. SO_ERROR
// would collect it too, but then the next connect() on the socket fails once with ECONNABORTED.
int collect_connect(Socket& socket, const Address& address) {
  const int status = begin_connect(socket, address);
  return status == EISCONN ? 0 : status;
}

bool survives_refusal() {
  return true;
}

// A bound socket keeps its port from every other plain bind; once it has SO_REUSEADDR too, one that asks for
// the same (the servers of Node, Go, Python, nginx, Java) binds and listens beside it, as long as it never
// listens itself.
int admit_servers(Socket& socket) {
  return socket.set_reuse_address();
}
