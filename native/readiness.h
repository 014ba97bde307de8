#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "outcome.h"
#include "socket.h"

namespace port_for {

/** Tells which of many connecting sockets have an answer: epoll, kqueue or select, as the system has it. */
class Readiness {
 public:
  Readiness();
  ~Readiness();
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  /** Why nothing can be watched. */
  std::optional<Fault> fault() const;

  /**
   * Watches `socket`, and names it by `tag`, until `forget()`. A socket that connects again is watched on.
   */
  std::optional<Fault> watch(const Socket& socket, size_t tag);
  /** Must be told of each socket that was closed, before the next `wait()`. */
  void forget(size_t tag);

  /** The tags of sockets that may have an answer; waits up to `milliseconds` for the first. A tag may be
   * false. */
  const std::vector<size_t>& wait(int milliseconds);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace port_for
