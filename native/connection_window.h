#pragma once

#include <algorithm>
#include <cstddef>

namespace port_for {

/**
 * How many connections may be under way at once. Begins small, so that no burst overruns a queue on the way
 * to a host that nobody has measured, and doubles in the time of an answer; after a loss it halves and then
 * grows slowly: the slow start and the congestion avoidance of RFC 5681.
 */
class ConnectionWindow {
 public:
  ConnectionWindow(size_t first, size_t most)
      : most_(std::max<size_t>(most, 1)), size_(std::clamp<size_t>(first, 1, most_)) {}

  bool has_room(size_t under_way) const { return under_way < size_; }

  /** An attempt ended, whatever its answer. */
  void grow() {
    if (size_ >= most_) return;
    if (size_ < threshold_ || ++ended_ >= size_) {
      size_++;
      ended_ = 0;
    }
  }

  /** Some asks were lost on the way. */
  void halve() { shrink(size_ / 2); }

  /** The system has no room for more than are under way. */
  void shrink(size_t size) {
    size_ = threshold_ = std::clamp<size_t>(size, 1, most_);
    ended_ = 0;
  }

 private:
  size_t most_;
  size_t size_;
  /** From here on one more takes as many ended attempts as there are connections. */
  size_t threshold_ = most_;
  size_t ended_ = 0;
};

}  // namespace port_for
