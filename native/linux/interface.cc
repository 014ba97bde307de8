#include "interface.h"

#include <sys/socket.h>

#include <cerrno>

namespace port_for {

namespace {

// From <asm/socket.h> of Linux 5.0 on.
#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif

int get_option(const Socket& socket, int option) {
  int value = 0;
  socklen_t size = sizeof value;
  return getsockopt(socket.handle(), SOL_SOCKET, option, &value, &size) == 0 ? value : 0;
}

bool is_datagram(const Socket& socket) {
  return get_option(socket, SO_TYPE) == SOCK_DGRAM;
}

}  // namespace

int tie_to_interface(const Socket& socket, int interface) {
  const int status = setsockopt(socket.handle(), SOL_SOCKET, SO_BINDTOIFINDEX, &interface, sizeof interface);
  return status == 0 ? 0 : errno;
}

int tied_interface(const Socket& socket) {
  return get_option(socket, SO_BINDTOIFINDEX);
}

// Only root may untie a socket by the option that tied it, but "disconnecting" a datagram socket (connect(2))
// unties it too, and leaves the port and address that it was bound to on purpose.
int untie(const Socket& socket) {
  if (!is_datagram(socket)) return tie_to_interface(socket, 0);
  const sockaddr nobody{AF_UNSPEC, {}};
  return connect(socket.handle(), &nobody, sizeof nobody) == 0 ? 0 : errno;
}

}  // namespace port_for
