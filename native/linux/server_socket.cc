#include "server_socket.h"

#include <sys/socket.h>

#include <cerrno>
#include <climits>
#include <utility>
#include <vector>

#include "interface.h"

namespace port_for {

namespace {

using Way = ServerSocket::Way;

/** As many as libuv and Node let wait; the server says how many it wants when it takes the socket over. */
constexpr int kBacklog = 511;

/** lo is the first interface of every network namespace. */
constexpr int kLoopbackInterface = 1;

int result(int status) {
  return status == 0 ? 0 : errno;
}

int get_option(const Socket& socket, int level, int option) {
  int value = 0;
  socklen_t size = sizeof value;
  return getsockopt(socket.handle(), level, option, &value, &size) == 0 ? value : 0;
}

int set_option(const Socket& socket, int level, int option, int value) {
  return result(setsockopt(socket.handle(), level, option, &value, sizeof value));
}

bool listens(const Socket& socket) {
  return get_option(socket, SOL_SOCKET, SO_ACCEPTCONN) != 0;
}

bool is_ipv6_only(const Socket& socket) {
  return get_option(socket, IPPROTO_IPV6, IPV6_V6ONLY) != 0;
}

Address address_of(const Socket& socket) {
  Address address = Address::any(AF_INET);
  socket.local_address(&address);
  return address;
}

/** Where a server wants to be. */
struct Place {
  Transport transport;
  Address address;
  bool is_ipv6_only;

  bool is_where(const Socket& held) const {
    return address_of(held) == address &&
           (address.family() == AF_INET || port_for::is_ipv6_only(held) == is_ipv6_only);
  }

  /** A socket that is not bound yet; 0, or an errno value. */
  int open(Socket* socket) const {
    if (const int error = socket->open(address.family(), transport)) return error;
    if (address.family() == AF_INET6) {
      if (const int error = set_option(*socket, IPPROTO_IPV6, IPV6_V6ONLY, is_ipv6_only)) return error;
    }
    // What connections leave behind when they close does not keep the next server out.
    return transport == Transport::kTcp ? socket->set_reuse_address() : 0;
  }

  /** Binds it, and lets it listen. */
  Result<ServerSocket> occupy(Socket socket, Way way) const {
    if (const int error = socket.bind(address)) return Fault{error, "bind"};
    if (transport == Transport::kTcp) {
      if (const int error = result(listen(socket.handle(), kBacklog))) return Fault{error, "listen"};
    }
    return ServerSocket{std::move(socket), way};
  }
};

bool is_in_use(const Result<ServerSocket>& answer) {
  const Fault* fault = std::get_if<Fault>(&answer);
  return fault != nullptr && fault->error == EADDRINUSE;
}

/**
 * Shares the held socket. While it listens, SO_REUSEADDR admits nobody (the kernel makes an exception of
 * listeners), and its connections inherit it, so that what they leave behind (TIME_WAIT) keeps no later
 * server out.
 */
Result<ServerSocket> share(Socket& held) {
  if (const int error = result(listen(held.handle(), kBacklog))) return Fault{error, "listen"};
  held.set_reuse_address(true);
  Socket shared;
  if (const int error = shared.duplicate(held.handle())) return Fault{error, "fcntl"};
  return ServerSocket{std::move(shared), Way::kHeld};
}

/**
 * Ties sockets to interfaces and sets them free. Sockets that are tied to different interfaces do not
 * conflict, while every socket that is tied to none conflicts with both.
 */
class Tie {
 public:
  Tie() = default;
  ~Tie() {
    for (const Socket* socket : tied_) untie(*socket);
  }
  Tie(const Tie&) = delete;
  Tie& operator=(const Tie&) = delete;

  int tie(const Socket& socket, int interface) {
    if (tied_interface(socket) == interface) return 0;
    const int error = tie_to_interface(socket, interface);
    if (error == 0) tied_.push_back(&socket);
    return error;
  }

 private:
  std::vector<const Socket*> tied_;
};

/** Whether a socket like `socket`, which is not bound yet, can be set free once it was tied. */
bool can_be_untied(const Socket& socket) {
  return tie_to_interface(socket, kLoopbackInterface) == 0 && untie(socket) == 0;
}

/**
 * Binds beside the held sockets while those are tied to an interface that is not there. They go on keeping
 * out every socket that is tied to none. Without privilege a TCP socket stays tied: the server's to the
 * loopback interface, by which all clients of a loopback address come.
 */
Result<ServerSocket> open_apart(const std::vector<Socket*>& held, const Place& place) {
  Socket socket;
  if (const int error = place.open(&socket)) return Fault{error, "socket"};
  if (!can_be_untied(socket)) {
    if (!place.address.is_loopback()) return Fault{EPERM, "setsockopt"};
    if (const int error = place.open(&socket)) return Fault{error, "socket"};
  }
  Tie ties;
  for (const Socket* one : held) {
    if (const int error = ties.tie(*one, kNoInterface)) return Fault{error, "setsockopt"};
  }
  if (const int error = tie_to_interface(socket, kLoopbackInterface)) return Fault{error, "setsockopt"};
  Result<ServerSocket> answer = place.occupy(std::move(socket), Way::kKept);
  if (const ServerSocket* server = std::get_if<ServerSocket>(&answer)) untie(server->socket);
  return answer;
}

/**
 * Lets sockets with SO_REUSEADDR be bound beside `held`, for as long as it lives. None of them can begin to
 * listen afterwards: the server does, or where there is none, `held` is in its way. SO_REUSEPORT would keep
 * other users out, but once a socket with it is bound, the kernel admits more of them at its address without
 * a look at `held`.
 */
class Gate {
 public:
  explicit Gate(std::vector<Socket*> held) : held_(std::move(held)) {
    for (Socket* one : held_) one->set_reuse_address(true);
  }
  ~Gate() {
    for (Socket* one : held_) one->set_reuse_address(false);
  }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

 private:
  std::vector<Socket*> held_;
};

Result<ServerSocket> open_through_gate(const std::vector<Socket*>& held, const Place& place) {
  Socket socket;
  if (const int error = place.open(&socket)) return Fault{error, "socket"};
  if (const int error = socket.set_reuse_address()) return Fault{error, "setsockopt"};
  const Gate gate(held);
  return place.occupy(std::move(socket), Way::kGate);
}

}  // namespace

Result<ServerSocket> open_server_socket(HeldPort& held, Transport transport, const Address* address,
                                        bool is_ipv6_only) {
  std::vector<Socket*> guards;
  for (HeldSocket& one : held) {
    if (one.transport == transport) guards.push_back(&one.socket);
  }
  if (guards.empty()) return Fault{EBADF, "bind"};
  for (const Socket* guard : guards) {
    if (listens(*guard)) return Fault{EADDRINUSE, "listen"};
  }
  const Address where = address_of(*guards.front());
  Place place{transport, address == nullptr ? where : *address,
              address == nullptr ? port_for::is_ipv6_only(*guards.front()) : is_ipv6_only};
  place.address.set_port(where.port());
  if (transport == Transport::kTcp) {
    for (Socket* guard : guards) {
      if (!place.is_where(*guard) || tied_interface(*guard) == kNoInterface) continue;
      Result<ServerSocket> shared = share(*guard);
      // Connections that the last server left behind are no bar to the other ways.
      if (!is_in_use(shared)) return shared;
    }
  }
  Result<ServerSocket> apart = open_apart(guards, place);
  if (std::holds_alternative<ServerSocket>(apart) || is_in_use(apart)) return apart;
  return open_through_gate(guards, place);
}

void end_listening(HeldPort& held) {
  for (HeldSocket& one : held) {
    if (!listens(one.socket)) continue;
    one.socket.set_reuse_address(false);
    // The kernel makes a listener a bound socket again, which may listen another time.
    shutdown(one.socket.handle(), SHUT_RD);
  }
}

int make_usable(Socket& held) {
  if (tied_interface(held) != kNoInterface || untie(held) == 0) return 0;
  const Address address = address_of(held);
  Socket free;
  if (const int error = free.open(address.family(), Transport::kTcp)) return error;
  if (address.family() == AF_INET6) set_option(free, IPPROTO_IPV6, IPV6_V6ONLY, is_ipv6_only(held));
  if (const int error = free.set_reuse_address()) return error;
  {
    const Gate gate({&held});
    if (const int error = free.bind(address)) return error;
    free.set_reuse_address(false);
  }
  held = std::move(free);
  return 0;
}

}  // namespace port_for
