#pragma once

#include <napi.h>

#include <cstdint>
#include <unordered_set>

#include "socket.h"

namespace port_for {

// Searches on another thread: promises of lists of `{ ownerKey, pid, name, command }`.

/** The processes that have the sockets with these keys open. */
Napi::Value find_socket_owners(Napi::Env env, std::unordered_set<uint64_t> owner_keys);

/** The processes that have a port open, those that listen first. */
Napi::Value find_port_owners(Napi::Env env, Transport transport, uint16_t port);

}  // namespace port_for
