#include "readiness.h"

#include <sys/event.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>

namespace port_for {

// A pointer, but an integer on NetBSD before 10: a cast in the C way serves both.
using UserData = decltype(kevent::udata);

struct Readiness::State {
  int descriptor = kqueue();
  int error = descriptor < 0 ? errno : 0;
  /** As libuv takes at once; what is left comes with the next wait. */
  std::array<struct kevent, 1024> events;
  std::vector<size_t> tags;
};

Readiness::Readiness() : state_(std::make_unique<State>()) {}

Readiness::~Readiness() {
  if (state_->descriptor >= 0) close(state_->descriptor);
}

std::optional<Fault> Readiness::fault() const {
  if (state_->error == 0) return std::nullopt;
  return Fault{state_->error, "kqueue"};
}

std::optional<Fault> Readiness::watch(const Socket& socket, size_t tag) {
  struct kevent change;
  // EV_CLEAR: each answer is reported once, so that the socket need not be removed in between.
  EV_SET(&change, socket.handle(), EVFILT_WRITE, EV_ADD | EV_CLEAR, 0, 0, (UserData)tag);
  if (kevent(state_->descriptor, &change, 1, nullptr, 0, nullptr) == 0) return std::nullopt;
  return Fault{errno, "kevent"};
}

void Readiness::forget(size_t) {}  // The kernel forgets a socket when it is closed.

const std::vector<size_t>& Readiness::wait(int milliseconds) {
  state_->tags.clear();
  const timespec time{milliseconds / 1000, milliseconds % 1000 * 1000000L};
  const int count = kevent(state_->descriptor, nullptr, 0, state_->events.data(),
                           static_cast<int>(state_->events.size()), &time);
  for (int index = 0; index < count; index++) {
    state_->tags.push_back((size_t)state_->events[static_cast<size_t>(index)].udata);
  }
  return state_->tags;
}

}  // namespace port_for
