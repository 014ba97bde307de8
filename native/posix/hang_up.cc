#include "hang_up.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace port_for {

namespace {

using Clock = std::chrono::steady_clock;

/** Reads some of what there is; false when the peer has closed its end, or the connection is gone. */
bool drain(int descriptor) {
  char scraps[16 * 1024];
  const ssize_t received = recv(descriptor, scraps, sizeof scraps, MSG_DONTWAIT);
  return received > 0 || (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR));
}

}  // namespace

void hang_up(const std::vector<int>& descriptors, std::chrono::milliseconds patience) {
  const Clock::time_point end = Clock::now() + patience;
  std::vector<pollfd> open;
  for (const int descriptor : descriptors)
    if (shutdown(descriptor, SHUT_WR) == 0) open.push_back({descriptor, POLLIN, 0});
  while (!open.empty()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) return;
    const int ready = poll(open.data(), open.size(), static_cast<int>(left.count()));
    if (ready == 0 || (ready < 0 && errno != EINTR)) return;
    const auto is_done = [](const pollfd& one) { return one.revents != 0 && !drain(one.fd); };
    if (ready > 0) open.erase(std::remove_if(open.begin(), open.end(), is_done), open.end());
  }
}

Socket duplicate_of(int descriptor) {
  Socket socket;
  socket.duplicate(descriptor);
  return socket;
}

}  // namespace port_for
