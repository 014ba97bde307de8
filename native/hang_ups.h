#pragma once

#include <chrono>
#include <condition_variable>
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

  /** Takes over a connected socket; from any thread. */
  void add(Socket socket);
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
  bool drop_finished();

  std::mutex mutex_;
  std::condition_variable changed_;
  /** The oldest first. */
  std::list<Connection> connections_;
  Thread thread_;
  bool is_running_ = false;
  bool is_ending_ = false;
};

}  // namespace port_for
