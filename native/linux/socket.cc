#include <cerrno>
#include <climits>

#include "socket.h"

namespace port_for {

namespace {

// From <asm/socket.h> of Linux 5.0 on.
#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif

// The kernel counts interfaces from 1 on and never gets there.
constexpr int kNoInterface = INT_MAX;

bool is_datagram(const Socket& socket) {
  int type = 0;
  socklen_t size = sizeof type;
  return getsockopt(socket.handle(), SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_DGRAM;
}

}  // namespace

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
  if (is_datagram(socket))
    setsockopt(socket.handle(), SOL_SOCKET, SO_BINDTOIFINDEX, &kNoInterface, sizeof kNoInterface);
}

// Only root may untie a socket by the option that tied it, but "disconnecting" one (connect(2)) unties it
// too, and leaves the port and address that it was bound to on purpose.
void take_datagrams(Socket& socket) {
  if (!is_datagram(socket)) return;
  const sockaddr nobody{AF_UNSPEC, {}};
  connect(socket.handle(), &nobody, sizeof nobody);
}

}  // namespace port_for
