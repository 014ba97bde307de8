#include "abstract_socket.h"

#include <cerrno>

namespace port_for {

Result<Socket> open_abstract_socket(const std::string&, bool) {
  return Fault{ENOSYS, "socket"};
}

}  // namespace port_for
