#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>

#include "socket.h"
#include "thread.h"

namespace port_for {

/**
 * Connections that were made to learn whether somebody accepts them, on their way out as a client goes: a FIN
 * is sent, what the server says is read for a while, and its own FIN awaited. A close at once would be a
 * reset where the server has spoken, and a reset takes down servers that handle no errors of a connection.
 */
class HangUps {
 public:
  HangUps() = default;
  ~HangUps() { end(); }
  HangUps(const HangUps&) = delete;
  HangUps& operator=(const HangUps&) = delete;

  /**
   * Takes over a connected socket; from any thread. Returns whether so many are kept now that the caller
   * should begin no more connections until is_crowded() says otherwise: within a second room is made for it.
   */
  bool add(Socket socket);
  /** Waits until few enough connections are kept, for `patience` at most; whether there are too many still.
   */
  bool is_crowded(std::chrono::milliseconds patience);
  /** Waits until all servers have closed their ends, for 100 ms at most. */
  void wait();
  /** Waits for longer, above all for those that go on speaking; then closes what is left. */
  void end();

 private:
  using Clock = std::chrono::steady_clock;

  struct Connection {
    Socket socket;
    Clock::time_point begun;
    /** When the server said something last. */
    Clock::time_point heard;
  };

  void run();
  void wait_while(const std::function<bool(const Connection&)>& is_awaited);
  bool has_too_many() const;
  bool drop_finished();

  std::mutex mutex_;
  std::condition_variable changed_;
  /** The oldest first. */
  std::list<Connection> connections_;
  /** How many of them are too many: what the process may open changes. */
  size_t most_ = SIZE_MAX;
  Thread thread_;
  bool is_running_ = false;
  bool is_ending_ = false;
};

}  // namespace port_for
