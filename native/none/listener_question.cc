#include "listener_question.h"

namespace port_for {

ListenerQuestion::~ListenerQuestion() = default;

std::optional<bool> ListenerQuestion::ask(const Address& address) {
  return search_table(address);
}

}  // namespace port_for
