#include "socket_table.h"

namespace port_for {

bool is_connection(SocketState state) {
  switch (state) {
    case SocketState::kListen:
    case SocketState::kBound:
    case SocketState::kUnconnected:
      return false;
    default:
      return true;
  }
}

}  // namespace port_for
