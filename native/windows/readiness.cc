#include "readiness.h"

#include <algorithm>
#include <cstddef>
#include <unordered_map>

namespace port_for {

namespace {

/** The sockets that select() is asked for. It reads as many as are counted: FD_SETSIZE bounds fd_set alone.
 */
class SocketSet {
 public:
  void clear() { words_.assign(1, 0); }
  void add(SOCKET socket) { words_.push_back(socket); }

  fd_set* data() {
    words_[0] = words_.size() - 1;
    return reinterpret_cast<fd_set*>(words_.data());
  }

  const SOCKET* begin() const { return words_.data() + 1; }
  const SOCKET* end() const { return begin() + reinterpret_cast<const fd_set*>(words_.data())->fd_count; }

 private:
  static_assert(offsetof(fd_set, fd_count) == 0 && offsetof(fd_set, fd_array) == sizeof(SOCKET));

  /** The count, then the sockets. */
  std::vector<SOCKET> words_{0};
};

}  // namespace

// select() rather than WSAPoll(), which tells of no refused connection before Windows 10 2004.
struct Readiness::State {
  std::unordered_map<size_t, SOCKET> sockets;
  SocketSet connected, failed;
  std::vector<SOCKET> ready;
  std::vector<size_t> tags;
};

Readiness::Readiness() : state_(std::make_unique<State>()) {}

Readiness::~Readiness() = default;

std::optional<Fault> Readiness::fault() const {
  return std::nullopt;
}

std::optional<Fault> Readiness::watch(const Socket& socket, size_t tag) {
  state_->sockets[tag] = socket.handle();
  return std::nullopt;
}

void Readiness::forget(size_t tag) {
  state_->sockets.erase(tag);
}

const std::vector<size_t>& Readiness::wait(int milliseconds) {
  auto& [sockets, connected, failed, ready, tags] = *state_;
  connected.clear();
  failed.clear();
  ready.clear();
  tags.clear();
  for (const auto& [tag, socket] : sockets) {
    connected.add(socket);
    failed.add(socket);
  }
  timeval time{milliseconds / 1000, milliseconds % 1000 * 1000};
  if (select(0, nullptr, connected.data(), failed.data(), &time) <= 0) return tags;

  ready.insert(ready.end(), connected.begin(), connected.end());
  ready.insert(ready.end(), failed.begin(), failed.end());
  std::sort(ready.begin(), ready.end());
  for (const auto& [tag, socket] : sockets) {
    if (std::binary_search(ready.begin(), ready.end(), socket)) tags.push_back(tag);
  }
  return tags;
}

}  // namespace port_for
