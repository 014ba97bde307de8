#include "open_sockets.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "thread.h"

namespace port_for {

namespace {

/** A descriptor that is closed at the end; -1 for none. */
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

/** What getdents64(2) writes. */
struct Entry {
  uint64_t inode;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

/**
 * Calls `visit` with the name of each entry of a folder, without the memory and the extra calls of
 * opendir(3): of thousands of folders that is a third of the time.
 */
template <typename Visit>
void for_each_entry(int folder, const Visit& visit) {
  alignas(Entry) char buffer[16 * 1024];
  while (true) {
    const long received = syscall(SYS_getdents64, folder, buffer, sizeof buffer);
    if (received <= 0) return;
    for (const char* next = buffer; next < buffer + received;) {
      const auto* entry = reinterpret_cast<const Entry*>(next);
      if (entry->name[0] != '.') visit(entry->name);
      next += entry->length;
    }
  }
}

struct Process {
  uint32_t id;
  /** How many descriptors it has open; 0 before Linux 6.2, which does not tell. */
  long descriptors;
};

std::string descriptors_path(uint32_t id) {
  return std::to_string(id) + "/fd";
}

long count_descriptors(int proc, uint32_t id) {
  struct stat folder{};
  return fstatat(proc, descriptors_path(id).c_str(), &folder, 0) == 0 ? folder.st_size : 0;
}

std::vector<Process> list_processes(int proc) {
  std::vector<Process> processes;
  for_each_entry(proc, [&](const char* name) {
    if (name[0] < '1' || name[0] > '9') return;
    processes.push_back({static_cast<uint32_t>(std::strtoul(name, nullptr, 10)), 0});
  });
  return processes;
}

/** A descriptor of some process. */
struct Place {
  uint32_t process;
  int descriptor;
};

/**
 * The inode of the socket that a descriptor of a process refers to; none for other files. fstatat(2) tells it
 * a little sooner than the text of the link, `socket:[12345]`, does.
 */
std::optional<uint64_t> socket_at(int folder, const char* descriptor) {
  struct stat file{};
  if (fstatat(folder, descriptor, &file, 0) != 0 || !S_ISSOCK(file.st_mode)) return std::nullopt;
  return file.st_ino;
}

/**
 * Calls `visit` with the folder and the name of each descriptor of a process. A folder that cannot be read
 * has none: processes end while they are looked at, and those of other users are closed to this one.
 */
template <typename Visit>
void for_each_descriptor(int proc, uint32_t id, const Visit& visit) {
  const Descriptor folder(openat(proc, descriptors_path(id).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.number() < 0) return;
  for_each_entry(folder.number(), [&](const char* descriptor) { visit(folder.number(), descriptor); });
}

enum class Comparison { kSame, kOther, kNotOpen, kUnknown };

/** Whether two descriptors of any processes refer to one open file: kcmp(2), without the C library. */
Comparison compare(const Place& left, const Place& right) {
  constexpr int kFile = 0;
  const long order = syscall(SYS_kcmp, left.process, right.process, kFile, left.descriptor, right.descriptor);
  if (order == 0) return Comparison::kSame;
  if (order > 0) return Comparison::kOther;
  return errno == EBADF ? Comparison::kNotOpen : Comparison::kUnknown;
}

bool is_open(Comparison comparison) {
  return comparison == Comparison::kSame || comparison == Comparison::kOther;
}

/** One of the wanted sockets, and where it is open: found by the first process that has it. */
struct Wanted {
  uint64_t inode;
  Place place;
};

/** How many processes a thread takes at a time: so many that the counter is no cost, so few that no thread is
 * left with a long rest. */
constexpr size_t kBatch = 16;

/** A search takes 50 ms beside 5,000 processes on two processors: nobody needs a ninth. */
constexpr size_t kMostThreads = 8;

/** Below so many processes neither a second thread nor comparisons save anything. */
constexpr size_t kFewProcesses = 300;

/** Of more sockets than these, comparing each with each descriptor takes longer than reading all inodes. */
constexpr size_t kFewSockets = 2;

/** After more numbers in a row that are not open, reading the list of those that are is quicker: a comparison
 * takes about a third of what an entry of the list does. */
constexpr int kLongGap = 8;

/** The machine's processors share the work: `/proc` takes no lock that they would wait for. */
template <typename Work>
void for_all(const std::vector<Process>& processes, const Work& work) {
  std::atomic<size_t> next{0};
  const auto take = [&] {
    for (size_t begin = next.fetch_add(kBatch); begin < processes.size(); begin = next.fetch_add(kBatch)) {
      const size_t end = std::min(begin + kBatch, processes.size());
      for (size_t index = begin; index < end; index++) work(index);
    }
  };
  // An exception that left a helper would end the process.
  std::atomic<bool> is_short_of_memory{false};
  const auto help = [&] {
    try {
      take();
    } catch (const std::bad_alloc&) {
      is_short_of_memory = true;
    }
  };
  const size_t processors = std::min<size_t>(std::max(1u, std::thread::hardware_concurrency()), kMostThreads);
  {
    std::vector<Thread> helpers(processes.size() < kFewProcesses ? 0 : processors - 1);
    // Without room for another thread this one does the work.
    for (Thread& helper : helpers) helper.start(help);
    take();
  }
  if (is_short_of_memory) throw std::bad_alloc();
}

/**
 * Two ways lead to a process's sockets. Reading the inodes of all its descriptors is the slow one: the kernel
 * makes an entry of `/proc` for each. Where one process is known that has a socket open, kcmp(2) tells of any
 * other descriptor whether it is the same open file, in about a third of the time. A socket is one open file,
 * however many processes inherited or received it.
 *
 * So processes are read until each wanted socket was met once, those with the most descriptors first, since
 * servers have more than what waits idly; the others are compared. When all is done each first place is
 * looked at again: had its socket been closed there meanwhile, the comparisons would mean nothing.
 */
class Search {
 public:
  Search(int proc, const std::unordered_set<uint64_t>& inodes) : proc_(proc), inodes_(inodes) {}

  OpenSockets run() {
    std::vector<Process> processes = list_processes(proc_);
    may_compare_ = inodes_.size() <= kFewSockets && processes.size() >= kFewProcesses &&
                   count_descriptors(proc_, static_cast<uint32_t>(getpid())) > 0;
    if (may_compare_) sort_by_descriptors(processes);
    for_all(processes, [&](size_t index) { look_at(processes[index]); });
    if (has_compared_ && !is_settled()) {
      may_compare_ = has_compared_ = is_met_ = false;
      found_.clear();
      for_all(processes, [&](size_t index) { look_at(processes[index]); });
    }
    return std::move(found_);
  }

 private:
  void sort_by_descriptors(std::vector<Process>& processes) {
    for_all(processes, [&](size_t index) {
      processes[index].descriptors = count_descriptors(proc_, processes[index].id);
    });
    std::stable_sort(processes.begin(), processes.end(), [](const Process& left, const Process& right) {
      return left.descriptors > right.descriptors;
    });
  }

  void look_at(const Process& process) {
    if (!is_met_ || process.descriptors == 0 || !compare_all(process)) read(process.id);
  }

  void read(uint32_t id) {
    std::vector<uint64_t> open;
    int last = 0;
    for_each_descriptor(proc_, id, [&](int folder, const char* descriptor) {
      const int number = std::atoi(descriptor);
      last = std::max(last, number);
      const auto inode = socket_at(folder, descriptor);
      if (!inode || inodes_.count(*inode) == 0) return;
      open.push_back(*inode);
      if (may_compare_) meet(*inode, {id, number});
    });
    last_ = last;
    add(id, std::move(open));
  }

  /** From the last socket on that is met for the first time, descriptors can be compared. */
  void meet(uint64_t inode, const Place& place) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (is_met_) return;
    const auto is_it = [&](const Wanted& known) { return known.inode == inode; };
    if (std::any_of(wanted_.begin(), wanted_.end(), is_it)) return;
    // Where a container's rules forbid the call, all is read.
    if (compare(place, place) == Comparison::kSame) wanted_.push_back({inode, place});
    if (wanted_.size() == inodes_.size()) is_met_ = true;
  }

  /** False where the process has to be read instead. */
  bool compare_all(const Process& process) {
    has_compared_ = true;
    std::vector<uint64_t> open;
    long left = process.descriptors;
    int descriptor = 0;
    for (int gap = 0; left > 0 && gap <= kLongGap; descriptor++) {
      const Comparison comparison = compare_with_all({process.id, descriptor}, open);
      if (comparison == Comparison::kUnknown) return false;
      gap = is_open(comparison) ? 0 : gap + 1;
      if (gap == 0) left--;
    }
    // A descriptor beyond a gap often has one number in many processes: 255 in those of Bash.
    if (left == 1 && last_ >= descriptor && is_open(compare_with_all({process.id, last_}, open))) left = 0;
    if (left > 0) return false;
    add(process.id, std::move(open));
    return true;
  }

  Comparison compare_with_all(const Place& place, std::vector<uint64_t>& open) {
    Comparison comparison = Comparison::kNotOpen;
    for (const Wanted& wanted : wanted_) {
      comparison = compare(wanted.place, place);
      if (comparison == Comparison::kSame) open.push_back(wanted.inode);
      if (comparison == Comparison::kNotOpen || comparison == Comparison::kUnknown) break;
    }
    return comparison;
  }

  void add(uint32_t id, std::vector<uint64_t> open) {
    if (open.empty()) return;
    std::sort(open.begin(), open.end());
    open.erase(std::unique(open.begin(), open.end()), open.end());
    const std::lock_guard<std::mutex> lock(mutex_);
    found_[id] = std::move(open);
  }

  /** Whether each socket is still open where it was met. */
  bool is_settled() const {
    return std::all_of(wanted_.begin(), wanted_.end(), [&](const Wanted& wanted) {
      const std::string path =
          descriptors_path(wanted.place.process) + "/" + std::to_string(wanted.place.descriptor);
      return socket_at(proc_, path.c_str()) == wanted.inode;
    });
  }

  int proc_;
  const std::unordered_set<uint64_t>& inodes_;
  bool may_compare_ = false;
  std::mutex mutex_;
  OpenSockets found_;
  /** Complete, and no longer changed, when `is_met_` is true. */
  std::vector<Wanted> wanted_;
  std::atomic<bool> is_met_{false};
  /** The highest descriptor of the process that was read last. */
  std::atomic<int> last_{0};
  std::atomic<bool> has_compared_{false};
};

}  // namespace

OpenSockets find_open_sockets(const std::unordered_set<uint64_t>& inodes) {
  const Descriptor proc(open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (inodes.empty() || proc.number() < 0) return {};
  return Search(proc.number(), inodes).run();
}

}  // namespace port_for
