#pragma once

#include <napi.h>

#include <cstdint>

#include "socket.h"

namespace port_for {

/**
 * Looks on another thread for the processes that have a port open, those that listen first. A promise of a
 * list of
 * `{ ownerKey, pid, name, command }`.
 */
Napi::Value find_port_owners(Napi::Env env, Transport transport, uint16_t port);

}  // namespace port_for
