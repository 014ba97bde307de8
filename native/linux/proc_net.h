#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "address.h"
#include "socket.h"

namespace port_for {

/** A line of `/proc/net/tcp` and its kin, which leave out sockets that are bound and nothing else. */
struct ProcSocket {
  Address local;
  Address remote;
  /** As `netinet/tcp.h` counts them. */
  int state;
  uint32_t user_id;
  uint64_t inode;
  /** How long the kernel keeps a socket in TIME_WAIT. */
  uint32_t lingers_ms;
};

/** Adds the sockets that the text of such a file tells of; lines that tell none are left out. False without a
 * heading. */
bool parse_proc_net(const std::string& text, int family, std::vector<ProcSocket>* sockets);

/** Adds the sockets of both families; answers 0, or the error by which a file could not be read whole. */
int read_proc_net(Transport transport, std::vector<ProcSocket>* sockets);

}  // namespace port_for
