// Asks the kernel for the socket table, routes and listeners, by the addon's own code, with answers that were damaged
// on the way: bytes changed, cut off, in the wrong order. Prints how many questions it asked; ends with a report of the
// sanitizers where the code believes an answer too much.

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "linux/dump_answer.h"
#include "linux/proc_net.h"
#include "listener_question.h"
#include "route.h"
#include "socket_table.h"

namespace {

std::mt19937 random_numbers;

size_t below(size_t limit) { return limit == 0 ? 0 : random_numbers() % limit; }

/** Damages some of `size` bytes; returns how many are left. */
size_t damage(char* bytes, size_t size) {
  for (size_t times = below(4); times > 0 && size > 0; times--) {
    switch (below(5)) {
      case 0:
        bytes[below(size)] = static_cast<char>(random_numbers());
        break;
      case 1:
        bytes[below(std::min<size_t>(size, 20))] ^= static_cast<char>(1 << below(8));  // The first header.
        break;
      case 2:
        size = below(size);
        break;
      case 3: {
        const uint32_t lengths[] = {0, 1, 15, 16, 17, 0x7fffffff, 0xffffffff, static_cast<uint32_t>(size) + 1};
        const size_t at = below(size) & ~size_t{3};
        if (at + 4 <= size) std::memcpy(bytes + at, &lengths[below(8)], 4);
        break;
      }
      default:
        if (size >= 8) bytes[6] |= 0x10;  // NLM_F_DUMP_INTR
    }
  }
  return size;
}

}  // namespace

/** In the place of the C library's. Never waits: the end of an answer may have been damaged. */
extern "C" ssize_t recv(int descriptor, void* bytes, size_t size, int flags) {
  const ssize_t received = syscall(SYS_recvfrom, descriptor, bytes, size, flags | MSG_DONTWAIT, nullptr, nullptr);
  if (received < 0) return 0;
  // In memory of its own, so that what lies behind the answer is nobody's.
  std::vector<char> own(static_cast<char*>(bytes), static_cast<char*>(bytes) + received);
  const size_t left = damage(own.data(), own.size());
  std::memset(bytes, 0, size);
  std::memcpy(bytes, own.data(), left);
  return static_cast<ssize_t>(left);
}

/** Whether a line that ends before its inode tells of no socket, and the one before it of its own. */
bool leaves_cut_lines_out() {
  const std::string text =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1\n"
      "   1: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0";
  std::vector<port_for::ProcSocket> sockets;
  return port_for::parse_proc_net(text, AF_INET, &sockets) && sockets.size() == 1 &&
         sockets[0].local.port() == 8080 && sockets[0].inode == 4711;
}

/** A message of netlink with `words` behind its header. */
std::string message(uint16_t type, uint16_t flags, const std::vector<int>& words) {
  nlmsghdr header{};
  header.nlmsg_len = static_cast<uint32_t>(NLMSG_LENGTH(words.size() * sizeof(int)));
  header.nlmsg_type = type;
  header.nlmsg_flags = flags;
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  return bytes.append(reinterpret_cast<const char*>(words.data()), words.size() * sizeof(int));
}

/** How a dump ends whose reads are these; -1 where it does not. `sockets`: how many it tells of. */
int end_of(const std::vector<std::string>& reads, size_t sockets) {
  port_for::DumpAnswer answer;
  size_t told = 0;
  for (const std::string& read : reads) {
    const auto end = answer.read(read.data(), read.size(), [&](const nlmsghdr&) { told++; });
    if (end) return told == sockets ? *end : -2;
  }
  return -1;
}

/** Whether the ends of dumps are read as netlink(7) has them. */
bool reads_ends() {
  const std::vector<int> socket(sizeof(inet_diag_msg) / sizeof(int), 1);
  const std::string one = message(SOCK_DIAG_BY_FAMILY, NLM_F_MULTI, socket);
  const std::string interrupted = message(SOCK_DIAG_BY_FAMILY, NLM_F_MULTI | NLM_F_DUMP_INTR, socket);
  const std::string done = message(NLMSG_DONE, 0, {0});
  return end_of({one + one, one + done}, 3) == 0 && end_of({one}, 1) == -1 &&
         end_of({interrupted + one, done}, 2) == EINTR && end_of({one, interrupted, one + done}, 3) == EINTR &&
         end_of({one, message(NLMSG_DONE, NLM_F_DUMP_INTR, {0})}, 1) == EINTR &&
         end_of({message(NLMSG_ERROR, 0, {-ENOENT})}, 0) == ENOENT &&
         end_of({one, message(NLMSG_DONE, 0, {-ENOMEM})}, 1) == ENOMEM &&
         end_of({message(NLMSG_ERROR, 0, {0})}, 0) == EBADMSG && end_of({message(NLMSG_ERROR, 0, {})}, 0) == EBADMSG &&
         end_of({message(NLMSG_ERROR, 0, {-4096})}, 0) == EBADMSG &&
         end_of({message(SOCK_DIAG_BY_FAMILY, 0, {1, 2})}, 0) == EBADMSG && end_of({"short"}, 0) == EBADMSG;
}

int main(int, char** arguments) {
  using namespace port_for;
  if (!reads_ends()) {
    std::fprintf(stderr, "the end of a dump is read as another\n");
    return 1;
  }
  if (!leaves_cut_lines_out()) {
    std::fprintf(stderr, "a line of /proc/net that was cut off is a socket\n");
    return 1;
  }
  const long count = std::atol(arguments[1]);
  random_numbers.seed(static_cast<unsigned>(std::atol(arguments[2])));
  std::ifstream file("/proc/net/tcp");
  const std::string lines((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto address = *Address::parse("127.0.0.1");
  for (long index = 0; index < count; index++) {
    for (const Transport transport : {Transport::kTcp, Transport::kUdp}) {
      table_ports(transport, TableStates::kAll);
      table_sockets(transport, TableStates::kAll);
    }
    leads_here(address);
    ListenerQuestion().ask(address);
    std::string text = lines;
    text.resize(damage(text.data(), text.size()));
    std::vector<ProcSocket> sockets;
    parse_proc_net(text, index % 2 ? AF_INET : AF_INET6, &sockets);
  }
  std::printf("%ld\n", count);
}
