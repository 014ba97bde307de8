#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "address.h"
#include "socket.h"

/** A line of `/proc/net/tcp` and its kin, which leave out sockets that are bound and nothing else. */
struct ProcSocket {
  Address local;
  /** As `netinet/tcp.h` counts them. */
  int state;
  uint64_t inode;
};

/** The sockets of both families; nothing where the files cannot be read. */
std::optional<std::vector<ProcSocket>> read_proc_net(Transport transport);
