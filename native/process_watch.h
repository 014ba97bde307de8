#pragma once

#include <napi.h>

namespace port_for {

/**
 * Calls `on_end` once when the process `pid` has ended, with its wait status as wait(2) encodes it, or
 * without where the system does not tell. Returns a function that stops the watch; undefined where the system
 * cannot watch processes of others, null where there is no such process. Keeps no process alive, and ends
 * with the environment.
 */
Napi::Value watch_process(Napi::Env env, int pid, const Napi::Function& on_end);

}  // namespace port_for
