#include "abstract_socket.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace port_for {

namespace {

/** Until Node takes the socket over, and says how many it wants. */
constexpr int kBacklog = 511;

}  // namespace

Result<Socket> open_abstract_socket(const std::string& name, bool listens) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // The name comes behind a zero byte.
  if (name.size() + 1 > sizeof address.sun_path) return Fault{ENAMETOOLONG, "bind"};
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());

  Socket socket;
  if (const int error = socket.open(AF_UNIX, Transport::kTcp)) return Fault{error, "socket"};
  if (listens) {
    if (::bind(socket.handle(), generic, size) != 0) return Fault{errno, "bind"};
    if (::listen(socket.handle(), kBacklog) != 0) return Fault{errno, "listen"};
  } else if (::connect(socket.handle(), generic, size) != 0) {
    return Fault{errno, "connect"};
  }
  return socket;
}

}  // namespace port_for
