#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>

#include "server_socket.h"

namespace port_for {

namespace {

bool is_stream(const Socket& socket) {
  int type = 0;
  socklen_t size = sizeof type;
  return getsockopt(socket.handle(), SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

}  // namespace

int activate(HeldPort& held) {
  for (Socket& socket : held) {
    if (!socket) continue;
    if (const int error = make_usable(socket)) return error;
    if (is_stream(socket) && listen(socket.handle(), SOMAXCONN) != 0) return errno;
    if (const int error = set_blocking(socket.handle())) return error;
  }
  return 0;
}

int set_blocking(SocketHandle socket) {
  const int flags = fcntl(socket, F_GETFL);
  return flags >= 0 && fcntl(socket, F_SETFL, flags & ~O_NONBLOCK) == 0 ? 0 : errno;
}

}  // namespace port_for
