#pragma once

namespace port_for {

/**
 * Keeps the addon's code in memory until the process ends. Node unloads an addon with the last environment
 * that uses it, such as a worker thread. But the thread itself ends later, and then runs what the C++ library
 * registered to free its thread-local data: with a statically linked library that is code of the addon.
 */
void keep_loaded();

}  // namespace port_for
