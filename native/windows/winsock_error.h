#pragma once

namespace port_for {

/** The errno value for a Winsock error; the Winsock error itself where there is none. */
int errno_of(int winsock_error);

/** The errno value for this thread's last Winsock error. */
int last_socket_error();

}  // namespace port_for
