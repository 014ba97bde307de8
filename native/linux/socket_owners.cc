#include "socket_owners.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

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

std::vector<uint32_t> process_ids(int proc) {
  std::vector<uint32_t> ids;
  for_each_entry(proc, [&](const char* name) {
    if (name[0] >= '1' && name[0] <= '9')
      ids.push_back(static_cast<uint32_t>(std::strtoul(name, nullptr, 10)));
  });
  std::sort(ids.begin(), ids.end());
  return ids;
}

/**
 * Those of the sockets that the process has open. A socket is told by its inode alone, which fstatat(2) gives
 * a little sooner than the text of the link, `socket:[12345]`. A folder that cannot be read has no entries:
 * processes end while they are looked at, and those of other users are closed to this one.
 */
std::vector<uint64_t> open_sockets(int proc, uint32_t pid, const std::unordered_set<uint64_t>& wanted) {
  std::vector<uint64_t> open;
  const std::string path = std::to_string(pid) + "/fd";
  const Descriptor folder(openat(proc, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.number() < 0) return open;
  for_each_entry(folder.number(), [&](const char* descriptor) {
    struct stat file{};
    if (fstatat(folder.number(), descriptor, &file, 0) != 0 || !S_ISSOCK(file.st_mode)) return;
    if (wanted.count(file.st_ino) > 0) open.push_back(file.st_ino);
  });
  std::sort(open.begin(), open.end());
  open.erase(std::unique(open.begin(), open.end()), open.end());
  return open;
}

/** The sockets that each process has open, where it has any. */
using Findings = std::map<uint32_t, std::vector<uint64_t>>;

/** How many processes a thread takes at a time. */
constexpr size_t kBatch = 32;

/** Below so many processes a second thread costs more than it saves. */
constexpr size_t kFewProcesses = 300;

/** The machine's processors share the work: `/proc` takes no lock that they would wait for. */
Findings find_sockets(int proc, const std::unordered_set<uint64_t>& wanted) {
  const std::vector<uint32_t> ids = process_ids(proc);
  std::atomic<size_t> next{0};
  std::mutex mutex;
  Findings findings;
  const auto work = [&] {
    for (size_t begin = next.fetch_add(kBatch); begin < ids.size(); begin = next.fetch_add(kBatch)) {
      for (size_t index = begin; index < std::min(begin + kBatch, ids.size()); index++) {
        std::vector<uint64_t> open = open_sockets(proc, ids[index], wanted);
        if (open.empty()) continue;
        const std::lock_guard<std::mutex> lock(mutex);
        findings.emplace(ids[index], std::move(open));
      }
    }
  };
  const size_t processors = std::min<size_t>(std::max(1u, std::thread::hardware_concurrency()), 8);
  std::vector<Thread> helpers(ids.size() < kFewProcesses ? 0 : processors - 1);
  // Without room for another thread this one does the work.
  for (Thread& helper : helpers) helper.start(work);
  work();
  for (Thread& helper : helpers) helper.join();
  return findings;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/** The name of the file that a command begins with. */
std::string program_of(const std::string& command) {
  const std::string word = command.substr(0, command.find(' '));
  return word.substr(word.rfind('/') + 1);
}

/** `/proc/PID/comm` ends with a line feed. Node.js 24 and 26 name the thread there, not the program. */
std::string name_of(const std::string& process, const std::string& command) {
  std::string name = read_file(process + "/comm");
  if (!name.empty() && name.back() == '\n') name.pop_back();
  const bool is_node = name == "MainThread" || name == "node-MainThread";
  return is_node && !command.empty() ? program_of(command) : name;
}

/** `/proc/PID/cmdline` ends each word with a zero byte. */
std::string command_of(const std::string& process) {
  std::string command = read_file(process + "/cmdline");
  while (!command.empty() && command.back() == '\0') command.pop_back();
  std::replace(command.begin(), command.end(), '\0', ' ');
  return command;
}

}  // namespace

std::vector<SocketOwner> socket_owners(const std::unordered_set<uint64_t>& owner_keys) {
  std::vector<SocketOwner> owners;
  if (owner_keys.empty()) return owners;
  const Descriptor proc(open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (proc.number() < 0) return owners;
  for (const auto& [pid, sockets] : find_sockets(proc.number(), owner_keys)) {
    const std::string process = "/proc/" + std::to_string(pid);
    const std::string command = command_of(process);
    const std::string name = name_of(process, command);
    for (const uint64_t key : sockets) owners.push_back({key, pid, name, command});
  }
  return owners;
}

}  // namespace port_for
