#include "signal_relay.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>

#include "process_handle.h"

#include "keyboard_signal.h"

namespace port_for {

namespace {

/** All that a program can handle and that asks it for something, apart from those of job control. */
constexpr int kSignals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM};

constexpr int kNotYet = 0;
constexpr int kNoMore = -1;

// A signal handler can reach nothing but what is global. A process has one set of handlers.
std::atomic<int> child_id{kNotYet};
// Stands for the child alone, also when it has ended and been collected, and another process has its number.
std::atomic<const ProcessHandle*> child_handle{nullptr};
/** Where the system has handles, nothing is sent to a number. */
std::atomic<bool> has_handles{false};
/** Handlers that run now, on whatever threads. */
std::atomic<int> running{0};
std::atomic<uint32_t> kept{0};
std::atomic<int> ending{0};

void send(int child, int signal) {
  if (const ProcessHandle* handle = child_handle) {
    handle->send(signal);
  } else if (!has_handles) {
    kill(child, signal);
  }
}

void pass_on_kept(int child) {
  const uint32_t missed = kept.exchange(0);
  for (const int signal : kSignals) {
    if (missed & (uint32_t{1} << signal)) send(child, signal);
  }
}

void on_signal(int signal, siginfo_t* info, void*) {
  const int error = errno;
  running++;
  if (signal == SIGHUP || signal == SIGINT || signal == SIGQUIT || signal == SIGTERM) ending = signal;
  int child = child_id;
  if (child == kNotYet) {
    kept |= uint32_t{1} << signal;
    // The child may have come in between, on another thread.
    child = child_id;
    if (child > 0) pass_on_kept(child);
  } else if (child != kNoMore && !is_from_keyboard(signal, *info)) {
    send(child, signal);
  }
  running--;
  errno = error;
}

}  // namespace

void catch_signals() {
  child_id = kNotYet;
  struct sigaction action{};
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigfillset(&action.sa_mask);
  for (const int signal : kSignals) sigaction(signal, &action, nullptr);
}

// It is our child and was not collected yet, so that the number is its own still.
void relay_signals_to(int child) {
  Result<ProcessHandle> handle = ProcessHandle::open(static_cast<uint32_t>(child));
  has_handles = std::holds_alternative<ProcessHandle>(handle);
  if (has_handles) child_handle = new ProcessHandle(std::get<ProcessHandle>(std::move(handle)));
  child_id = child;
  pass_on_kept(child);
}

void end_signal_relay() {
  child_id = kNoMore;
  const ProcessHandle* handle = child_handle.exchange(nullptr);
  // A handler on another thread may have read it before.
  while (running > 0) {
  }
  delete handle;
}

int ending_signal() {
  return ending;
}

}  // namespace port_for
