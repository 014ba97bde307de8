#include "process_watch.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "thread.h"
#include "watch_listener.h"

namespace port_for {

namespace {

/** What linux/pidfd.h has from Linux 6.15 on: how a process ended that its parent has waited for. */
struct PidfdInfo {
  uint64_t mask;
  uint64_t others[6];
  uint32_t other;
  int32_t exit_code;
};
static_assert(sizeof(PidfdInfo) == 64, "as PIDFD_INFO_SIZE_VER0");
constexpr uint64_t kPidfdInfoExit = 1 << 3;
constexpr unsigned long kPidfdGetInfo = _IOWR(0xFF, 11, PidfdInfo);

/** So often, a millisecond apart: between a process's end and its parent's wait(2) neither source may tell.
 */
constexpr int kMostLooks = 5;

/**
 * The status of a process that ended and is not waited for yet: the last field of proc_pid_stat(5). Takes no
 * memory: an exception would end the process.
 */
std::optional<int> status_of_zombie(int pid) {
  char path[sizeof "/proc/-2147483648/stat"];
  std::snprintf(path, sizeof path, "/proc/%d/stat", pid);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  char bytes[1024];
  const ssize_t length = read(file, bytes, sizeof bytes - 1);
  close(file);
  bytes[std::max<ssize_t>(length, 0)] = '\0';
  const std::string_view text(bytes);
  const size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos || text.compare(name_end, 4, ") Z ") != 0) return std::nullopt;
  return std::atoi(bytes + text.find_last_of(' ', text.find_last_not_of(" \n")) + 1);
}

std::optional<int> status_of_reaped(int pidfd) {
  PidfdInfo info{};
  info.mask = kPidfdInfoExit;
  if (ioctl(pidfd, kPidfdGetInfo, &info) < 0 || (info.mask & kPidfdInfoExit) == 0) return std::nullopt;
  return info.exit_code;
}

/** One watch, and what its thread and JavaScript share. */
class ProcessWatch {
 public:
  ProcessWatch(int pid, int pidfd) : pid_(pid), pidfd_(pidfd), stopper_(eventfd(0, EFD_CLOEXEC)) {}
  ~ProcessWatch() {
    join();
    close(pidfd_);
    if (stopper_ >= 0) close(stopper_);
  }
  ProcessWatch(const ProcessWatch&) = delete;
  ProcessWatch& operator=(const ProcessWatch&) = delete;

  /** Starts the thread; it calls `tell` if the process ends before the watch does, and `end` at last. */
  std::optional<Fault> start(std::function<void()> tell, std::function<void()> end) {
    if (stopper_ < 0) return Fault{EMFILE, "eventfd"};
    return thread_.start([this, tell = std::move(tell), end = std::move(end)] {
      if (wait()) {
        status_ = find_status();
        tell();
      }
      end();
    });
  }

  void stop() const {
    const uint64_t one = 1;
    if (stopper_ >= 0) static_cast<void>(!write(stopper_, &one, sizeof one));
  }

  void join() {
    stop();
    thread_.join();
  }

  /** Tells JavaScript how the process ended, once. */
  void call(Napi::Env env, const Napi::Function& on_end) {
    if (std::exchange(is_told_, true)) return;
    on_end.Call({status_ ? Napi::Number::New(env, *status_) : env.Undefined()});
  }

  /** Stops the watch; nothing is told any more. */
  void end() {
    is_told_ = true;
    stop();
  }

 private:
  /** Whether the process ended before the watch was stopped. */
  bool wait() const {
    pollfd both[] = {{pidfd_, POLLIN, 0}, {stopper_, POLLIN, 0}};
    while (poll(both, 2, -1) < 0)
      if (errno != EINTR) return false;
    return both[1].revents == 0;
  }

  std::optional<int> find_status() const {
    for (int look = 0; look < kMostLooks; look++) {
      if (look > 0) usleep(1000);
      if (const auto status = status_of_zombie(pid_)) return status;
      if (const auto status = status_of_reaped(pidfd_)) return status;
    }
    return std::nullopt;
  }

  const int pid_;
  const int pidfd_;
  const int stopper_;
  std::optional<int> status_;
  /** Of the JavaScript thread alone. */
  bool is_told_ = false;
  Thread thread_;
};

}  // namespace

Napi::Value watch_process(Napi::Env env, int pid, const Napi::Function& on_end) {
  const auto pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (pidfd < 0) return errno == ESRCH ? env.Null() : env.Undefined();
  const auto watch = std::make_shared<ProcessWatch>(pid, pidfd);
  constexpr auto kName = "port-for-native process watch";
  if (!WatchListener<ProcessWatch>::start(env, kName, on_end, watch)) return env.Undefined();
  // It ends with its thread, and not when the collector comes upon the function: it has descriptors.
  return Napi::Function::New(env, [weak = std::weak_ptr<ProcessWatch>(watch)](const Napi::CallbackInfo&) {
    if (const auto watch = weak.lock()) watch->end();
  });
}

}  // namespace port_for
