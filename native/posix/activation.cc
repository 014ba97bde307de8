#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>

#include "server_socket.h"

namespace port_for {

int activate(HeldPort& held) {
  for (auto& [transport, socket] : held) {
    if (const int error = make_usable(socket)) return error;
    if (transport == Transport::kTcp && listen(socket.handle(), SOMAXCONN) != 0) return errno;
    if (const int error = set_blocking(socket.handle())) return error;
  }
  return 0;
}

int set_blocking(SocketHandle socket) {
  const int flags = fcntl(socket, F_GETFL);
  return flags >= 0 && fcntl(socket, F_SETFL, flags & ~O_NONBLOCK) == 0 ? 0 : errno;
}

}  // namespace port_for
