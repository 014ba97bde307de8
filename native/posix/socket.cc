#include "socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

namespace port_for {

namespace {

int result(int status) {
  return status == 0 ? 0 : errno;
}

int set_option(int handle, int level, int option, int value) {
  return result(setsockopt(handle, level, option, &value, sizeof value));
}

int type_of(Transport transport) {
  return transport == Transport::kTcp ? SOCK_STREAM : SOCK_DGRAM;
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
#ifdef SOCK_CLOEXEC  // Everywhere but on macOS.
  handle_ = ::socket(family, type_of(transport) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  return handle_ == kNoSocket ? errno : 0;
#else
  handle_ = ::socket(family, type_of(transport), 0);
  if (handle_ == kNoSocket) return errno;
  fcntl(handle_, F_SETFD, FD_CLOEXEC);
  fcntl(handle_, F_SETFL, fcntl(handle_, F_GETFL) | O_NONBLOCK);
  return 0;
#endif
}

int Socket::duplicate(SocketHandle other) {
  close();
  handle_ = fcntl(other, F_DUPFD_CLOEXEC, 0);
  return handle_ == kNoSocket ? errno : 0;
}

void Socket::close() {
  if (handle_ != kNoSocket) ::close(release());
}

SocketHandle Socket::release() {
  return std::exchange(handle_, kNoSocket);
}

int Socket::set_dual_stack() {
  return set_option(handle_, IPPROTO_IPV6, IPV6_V6ONLY, 0);
}

int Socket::set_reuse_address(bool is_on) {
  return set_option(handle_, SOL_SOCKET, SO_REUSEADDR, is_on);
}

void Socket::set_reset_on_close() {
  const linger reset{1, 0};
  setsockopt(handle_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

void Socket::finish_sending() {
  shutdown(handle_, SHUT_WR);
}

int Socket::discard_input(size_t* bytes) {
  char scraps[16 * 1024];
  // A peer that sends without end must not keep the caller for ever.
  for (int reads = 0; reads < 64; reads++) {
    const ssize_t received = recv(handle_, scraps, sizeof scraps, 0);
    if (received == 0) return 0;
    if (received > 0) *bytes += static_cast<size_t>(received);
    if (received < 0 && errno != EINTR) return errno == EAGAIN ? EWOULDBLOCK : errno;
  }
  return EWOULDBLOCK;
}

int Socket::bind(const Address& address) {
  return result(::bind(handle_, address.data(), address.size()));
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
  int status;
  do {
    status = result(::connect(socket.handle(), address.data(), address.size()));
  } while (status == EINTR);
  return status == EALREADY ? EINPROGRESS : status;
}

bool wait_for_answer(const Socket& socket, int milliseconds) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + std::chrono::milliseconds(milliseconds);
  pollfd waiting{socket.handle(), POLLOUT, 0};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    const int ready = poll(&waiting, 1, std::max(0, static_cast<int>(left)));
    if (ready >= 0 || errno != EINTR) return ready > 0;  // A signal, a profiler's for instance, is no answer.
  }
}

unsigned descriptors_left() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 256;
  // The lowest free descriptor tells about how many are open: the kernel always hands out the lowest.
  Socket lowest_free;
  if (lowest_free.open(AF_INET, Transport::kUdp) != 0) return 0;
  // Linux 6.2 and later tell exactly, in the size of this folder: low ones may be free among high ones.
  struct stat open{};
  const bool is_told = stat("/proc/self/fd", &open) == 0 && open.st_size > 0;
  const auto used = static_cast<rlim_t>(is_told ? open.st_size : lowest_free.handle());
  const rlim_t capped = std::min<rlim_t>(limit.rlim_cur, 1 << 20);
  return capped > used ? static_cast<unsigned>(capped - used) : 0;
}

void make_room_for_descriptors(size_t count) {
  rlimit limit{};
  Socket lowest_free;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || lowest_free.open(AF_INET, Transport::kUdp) != 0) return;
  const rlim_t highest = std::min<rlim_t>(limit.rlim_cur, lowest_free.handle() + count) - 1;
  const int handle = fcntl(lowest_free.handle(), F_DUPFD_CLOEXEC, static_cast<int>(highest));
  if (handle != kNoSocket) ::close(handle);
}

}  // namespace port_for
