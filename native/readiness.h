#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "socket.h"

/** Tells which of many connecting sockets have an answer: epoll, kqueue or WSAPoll, as the system has it. */
class Readiness {
 public:
  Readiness();
  ~Readiness();
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  /** 0, or the errno value that says why nothing can be watched. */
  int error() const;

  /**
   * Watches `socket` until it is closed, and names it by `tag`. A socket that connects again is watched on.
   * Answers 0 or an errno value.
   */
  int watch(const Socket& socket, size_t tag);
  /** Ends the watch; must come before the socket is closed. */
  void forget(const Socket& socket, size_t tag);

  /** The tags of sockets that may have an answer; waits up to `milliseconds` for the first. A tag may be
   * false. */
  const std::vector<size_t>& wait(int milliseconds);

 private:
  struct State;
  std::unique_ptr<State> state_;
};
