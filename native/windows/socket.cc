#include "socket.h"

// After socket.h, which includes winsock2.h:
#include <mstcpip.h>

#include <cerrno>
#include <utility>

#include "winsock_error.h"

namespace port_for {

namespace {

int result(int status) {
  return status == 0 ? 0 : last_socket_error();
}

template <typename Value>
int set_option(SOCKET handle, int level, int option, const Value& value) {
  return result(setsockopt(handle, level, option, reinterpret_cast<const char*>(&value), sizeof value));
}

/**
 * Winsock has to be started in a process, which is done once and lasts until its end: to stop it as the addon
 * is unloaded would be too late, as Winsock must not be called then (WSACleanup).
 */
int start_winsock() {
  static const int error = [] {
    WSADATA data;
    return WSAStartup(MAKEWORD(2, 2), &data);
  }();
  return error == 0 ? 0 : errno_of(error);
}

/**
 * Makes a port that refuses say so at once, from Windows 10 1709 on: Windows asks it twice more by itself,
 * half a second apart. A lost packet then is not sent again either; the address that is asked most, this
 * machine's, loses none.
 */
void ask_once(SOCKET handle) {
  constexpr UCHAR kNoMore = 0xfe;  // TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS of newer headers.
  TCP_INITIAL_RTO_PARAMETERS wanted{};
  wanted.Rtt = TCP_INITIAL_RTO_UNSPECIFIED_RTT;
  wanted.MaxSynRetransmissions = kNoMore;
  DWORD size = 0;
  WSAIoctl(handle, SIO_TCP_INITIAL_RTO, &wanted, sizeof wanted, nullptr, 0, &size, nullptr, nullptr);
}

enum class Answer { kNone, kConnected, kFailed };

/** Waits for the answer to a connection attempt. WSAPoll() tells no failures before Windows 10 2004. */
Answer wait_for_connection(SOCKET handle, int milliseconds) {
  fd_set connected, failed;
  FD_ZERO(&connected);
  FD_SET(handle, &connected);
  failed = connected;
  timeval time{milliseconds / 1000, milliseconds % 1000 * 1000};
  if (select(0, nullptr, &connected, &failed, &time) <= 0) return Answer::kNone;
  return failed.fd_count > 0 ? Answer::kFailed : Answer::kConnected;
}

}  // namespace

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this != &other) {
    close();
    handle_ = other.release();
  }
  return *this;
}

int Socket::open(int family, Transport transport) {
  close();
  if (const int error = start_winsock()) return error;
  const int type = transport == Transport::kTcp ? SOCK_STREAM : SOCK_DGRAM;
  handle_ = WSASocketW(family, type, 0, nullptr, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
  if (handle_ == kNoSocket) return last_socket_error();
  u_long is_non_blocking = 1;
  const int error = result(ioctlsocket(handle_, FIONBIO, &is_non_blocking));
  if (error != 0) close();
  return error;
}

void Socket::close() {
  if (handle_ != kNoSocket) closesocket(release());
}

SocketHandle Socket::release() {
  return std::exchange(handle_, kNoSocket);
}

int Socket::set_dual_stack() {
  return set_option(handle_, IPPROTO_IPV6, IPV6_V6ONLY, DWORD{0});
}

// Here SO_REUSEADDR takes a port away from its owner, and connections that a closed server left behind keep
// no port: servers do without.
int Socket::set_reuse_address(bool) {
  return 0;
}

void Socket::set_reset_on_close() {
  set_option(handle_, SOL_SOCKET, SO_LINGER, LINGER{1, 0});
}

void Socket::finish_sending() {
  shutdown(handle_, SD_SEND);
}

int Socket::discard_input(size_t* bytes) {
  char scraps[16 * 1024];
  // A peer that sends without end must not keep the caller for ever.
  for (int reads = 0; reads < 64; reads++) {
    const int received = recv(handle_, scraps, sizeof scraps, 0);
    if (received == 0) return 0;
    if (received > 0) *bytes += static_cast<size_t>(received);
    if (received < 0) return last_socket_error();
  }
  return EWOULDBLOCK;
}

int Socket::bind(const Address& address) {
  // Without it a wildcard address can be bound beside a server's own one.
  if (const int error = set_option(handle_, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, BOOL{TRUE})) return error;
  const int error = result(::bind(handle_, address.data(), address.size()));
  // The answer also where a server of one address, or of one family, is met. Windows has no privileged ports;
  // those that the administrator excluded cannot be told from these.
  return error == EACCES ? EADDRINUSE : error;
}

bool Socket::local_address(Address* address) const {
  socklen_t size = Address::capacity();
  return getsockname(handle_, address->data(), &size) == 0;
}

bool Socket::peer_address(Address* address) const {
  socklen_t size = Address::capacity();
  return getpeername(handle_, address->data(), &size) == 0;
}

int begin_connect(Socket& socket, const Address& address) {
  ask_once(socket.handle());
  const int error = result(::connect(socket.handle(), address.data(), address.size()));
  return error == EWOULDBLOCK || error == EALREADY ? EINPROGRESS : error;
}

int collect_connect(Socket& socket, const Address&) {
  switch (wait_for_connection(socket.handle(), 0)) {
    case Answer::kNone:
      return EINPROGRESS;
    case Answer::kConnected:
      return 0;
    case Answer::kFailed:
      break;
  }
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket.handle(), SOL_SOCKET, SO_ERROR, reinterpret_cast<char*>(&error), &size);
  return error == 0 ? ECONNABORTED : errno_of(error);
}

bool survives_refusal() {
  return false;
}

bool dual_stack_meets_ipv4() {
  return true;
}

// An exclusively bound port admits no second socket, so a server has to be handed the one that holds it.
int admit_servers(Socket&, bool) {
  return 0;
}

void refuse_datagrams(Socket&) {}

bool wait_for_answer(const Socket& socket, int milliseconds) {
  return wait_for_connection(socket.handle(), milliseconds) != Answer::kNone;
}

// Windows has room for millions. More at once than this gain nothing: each wait looks at all of them.
unsigned descriptors_left() {
  return 8192;
}

void make_room_for_descriptors(size_t) {}

}  // namespace port_for
