#include <cerrno>

#include "server_socket.h"

namespace port_for {

// No child inherits a socket.
int activate(HeldPort&) {
  return ENOTSUP;
}

int set_blocking(SocketHandle) {
  return ENOTSUP;
}

}  // namespace port_for
