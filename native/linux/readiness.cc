#include "readiness.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace port_for {

struct Readiness::State {
  int descriptor = epoll_create1(EPOLL_CLOEXEC);
  int error = descriptor < 0 ? errno : 0;
  /** As libuv takes at once; what is left comes with the next wait. */
  std::array<epoll_event, 1024> events;
  std::vector<size_t> tags;
};

Readiness::Readiness() : state_(std::make_unique<State>()) {}

Readiness::~Readiness() {
  if (state_->descriptor >= 0) close(state_->descriptor);
}

std::optional<Fault> Readiness::fault() const {
  if (state_->error == 0) return std::nullopt;
  return Fault{state_->error, "epoll_create1"};
}

std::optional<Fault> Readiness::watch(const Socket& socket, size_t tag) {
  epoll_event event{};
  // Edge-triggered: each answer is reported once, so that the socket need not be removed in between.
  event.events = EPOLLOUT | EPOLLET;
  event.data.u64 = tag;
  if (epoll_ctl(state_->descriptor, EPOLL_CTL_ADD, socket.handle(), &event) == 0) return std::nullopt;
  return Fault{errno, "epoll_ctl"};
}

void Readiness::forget(size_t) {}  // The kernel forgets a socket when it is closed.

const std::vector<size_t>& Readiness::wait(int milliseconds) {
  state_->tags.clear();
  const int count = epoll_wait(state_->descriptor, state_->events.data(),
                               static_cast<int>(state_->events.size()), milliseconds);
  for (int index = 0; index < count; index++) state_->tags.push_back(state_->events[index].data.u64);
  return state_->tags;
}

}  // namespace port_for
