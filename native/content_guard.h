#pragma once

namespace port_for {

/**
 * Takes a lock of an open file's content without waiting: 0, EWOULDBLOCK while somebody else's lock is in the
 * way, or the error. Shared locks stand beside one another. An exclusive one needs a descriptor that may
 * write wherever the system has such locks, so that it is taken by writers alone. The lock ends with the open
 * file.
 */
int try_lock_content(int descriptor, bool is_exclusive);

/**
 * Keeps writers off a file that is open for reading, until it is closed: 0. Whoever opens it for writing from
 * then on waits. EWOULDBLOCK while somebody, this process included, has it open for writing; another error
 * where the system has no such means, or grants it to others only.
 */
int hold_off_writers(int descriptor);

/** Whether writers are still held off and none waits. */
bool are_writers_held_off(int descriptor);

}  // namespace port_for
