#include "thread.h"

namespace port_for {

// On the BSDs a nice value belongs to the process, and its other threads must keep theirs.
void lower_thread_priority() {}

}  // namespace port_for
