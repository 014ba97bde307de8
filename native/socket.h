#pragma once

#include <cstddef>
#include <cstdint>

#include "address.h"

namespace port_for {

enum class Transport { kTcp, kUdp };

#ifdef _WIN32
using SocketHandle = SOCKET;
constexpr SocketHandle kNoSocket = INVALID_SOCKET;
#else
using SocketHandle = int;
constexpr SocketHandle kNoSocket = -1;
#endif

/** Owns one socket of the kernel and closes it. Every call answers 0 or an errno value. */
class Socket {
 public:
  Socket() = default;
  ~Socket() { close(); }
  Socket(Socket&& other) noexcept : handle_(other.release()) {}
  Socket& operator=(Socket&& other) noexcept;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  /** Opens a non-blocking socket that no child process inherits, in place of the one held. */
  int open(int family, Transport transport);
  void close();
  /** Becomes another descriptor of the socket `other`, inherited by no child. Not on Windows. */
  int duplicate(SocketHandle other);

  explicit operator bool() const { return handle_ != kNoSocket; }
  SocketHandle handle() const { return handle_; }
  /** Hands the socket to the caller. */
  SocketHandle release();

  /** Makes a bind to `::` claim the port for IPv4 too, whatever the system's default is. */
  int set_dual_stack();
  /** Lets sockets that ask for the same (servers do) bind the port beside this one, or no more. */
  int set_reuse_address(bool is_on = true);
  /** Makes the next close reset the connection, so that no TIME_WAIT is left. */
  void set_reset_on_close();
  /** Sends a FIN: the peer reads the end of the stream. */
  void finish_sending();
  /** Reads and drops what the peer sent, `bytes` of it: EWOULDBLOCK while it may send more, 0 when it has
   * finished. */
  int discard_input(size_t* bytes);

  int bind(const Address& address);
  /** The address at this end, or that of the peer; false where there is none. */
  bool local_address(Address* address) const;
  bool peer_address(Address* address) const;

 private:
  SocketHandle handle_ = kNoSocket;
};

/**
 * Begins a connection, or collects the result of one that was begun: 0 when it stands, EINPROGRESS while
 * there is no answer, else the error that ended it.
 */
int begin_connect(Socket& socket, const Address& address);
int collect_connect(Socket& socket, const Address& address);

/** Whether a socket whose connection was refused can be connected again: it saves opening one for each port.
 */
bool survives_refusal();

/**
 * Lets the holder's servers listen on the port that `socket` holds, where the system can do so without giving
 * it up, or no more. Those that listen already go on.
 */
int admit_servers(Socket& socket, bool is_admitted);
/** Makes a bound datagram socket take nothing in, where that can be done, so that all is its server's. */
void refuse_datagrams(Socket& socket);

/**
 * Whether a dual-stack bind to `::` fails where somebody has the port on `0.0.0.0`. Systems that took IPv6
 * from KAME let both stand side by side, and the socket of `0.0.0.0` gets the clients of IPv4.
 */
bool dual_stack_meets_ipv4();

/** Waits until `socket` has an answer; false when `milliseconds` passed without one. */
bool wait_for_answer(const Socket& socket, int milliseconds);

/** How many more descriptors this process may open, at least; a guess where the system does not tell. */
unsigned descriptors_left();

/**
 * Makes the table of descriptors large enough for `count` more, as far as the limit admits. Linux doubles it
 * whenever it is full. In a process with threads each time takes milliseconds, since the kernel waits until
 * no thread looks at the old table (`expand_fdtable` in fs/file.c).
 */
void make_room_for_descriptors(size_t count);

}  // namespace port_for
