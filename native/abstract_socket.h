#pragma once

#include <string>

#include "outcome.h"
#include "socket.h"

namespace port_for {

/**
 * A Unix stream socket at a name of Linux's abstract namespace: one that listens there, or one that is
 * connected to who does. The name ends where the text ends. Node.js up to 20 fills it with zeros to the
 * length of a path, which is another name: no other program finds it.
 */
Result<Socket> open_abstract_socket(const std::string& name, bool listens);

}  // namespace port_for
