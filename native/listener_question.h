#pragma once

#include <optional>

#include "address.h"

namespace port_for {

/**
 * Asks the kernel whether a connection to an address and port of this machine meets a listening socket: one
 * that is bound to that very address, or to a wildcard that covers it. Nothing is sent, and no listener
 * notices. Not for two threads at a time.
 */
class ListenerQuestion {
 public:
  ListenerQuestion() = default;
  ~ListenerQuestion();
  ListenerQuestion(const ListenerQuestion&) = delete;
  ListenerQuestion& operator=(const ListenerQuestion&) = delete;

  /** Nothing where the system does not tell, or cannot just now, as with no descriptor left. */
  std::optional<bool> ask(const Address& address);

 private:
  /** The socket to the kernel, kept from one question to the next; -1 while there is none. */
  int descriptor_ = -1;
};

/** The same by reading the whole socket table. */
std::optional<bool> search_table(const Address& address);

}  // namespace port_for
