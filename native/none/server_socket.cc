#include "server_socket.h"

#include <cerrno>

namespace port_for {

// Where no second socket is admitted at a held address, servers are handed the held one.
Result<ServerSocket> open_server_socket(HeldPort&, Transport, const Address*, bool) {
  return Fault{ENOTSUP, "bind"};
}

void end_listening(HeldPort&) {}

int make_usable(Socket&) {
  return 0;
}

}  // namespace port_for
