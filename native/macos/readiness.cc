#include "readiness.h"

#include <sys/event.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>

struct Readiness::State {
  int descriptor = kqueue();
  int error = descriptor < 0 ? errno : 0;
  std::array<struct kevent, 1024> events;
  std::vector<size_t> tags;
};

Readiness::Readiness() : state_(std::make_unique<State>()) {}

Readiness::~Readiness() {
  if (state_->descriptor >= 0) close(state_->descriptor);
}

int Readiness::error() const {
  return state_->error;
}

int Readiness::watch(const Socket& socket, size_t tag) {
  struct kevent change;
  EV_SET(&change, socket.handle(), EVFILT_WRITE, EV_ADD | EV_CLEAR, 0, 0, reinterpret_cast<void*>(tag));
  return kevent(state_->descriptor, &change, 1, nullptr, 0, nullptr) < 0 ? errno : 0;
}

void Readiness::forget(const Socket&, size_t) {}  // The kernel forgets a socket when it is closed.

const std::vector<size_t>& Readiness::wait(int milliseconds) {
  state_->tags.clear();
  const timespec time{milliseconds / 1000, milliseconds % 1000 * 1000000L};
  const int count = kevent(state_->descriptor, nullptr, 0, state_->events.data(),
                           static_cast<int>(state_->events.size()), &time);
  for (int index = 0; index < count; index++) {
    state_->tags.push_back(reinterpret_cast<size_t>(state_->events[static_cast<size_t>(index)].udata));
  }
  return state_->tags;
}
