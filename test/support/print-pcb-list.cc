// Prints what native/macos/pcb_list.cc reads from standard input: print-pcb-list tcp|udp

#include <cstdio>
#include <cstring>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

#include "macos/pcb_list.h"

using namespace port_for;

int main(int, char** arguments) {
  const std::string bytes{std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
  // A copy of the exact size: what reads past its end is caught by the sanitizer.
  const std::unique_ptr<char[]> exact(new char[bytes.size()]);
  std::memcpy(exact.get(), bytes.data(), bytes.size());
  const Transport transport = std::strcmp(arguments[1], "tcp") == 0 ? Transport::kTcp : Transport::kUdp;
  const auto sockets = read_pcb_list(exact.get(), bytes.size(), transport);
  if (!sockets) {
    std::puts("none");
    return 0;
  }
  for (const TableSocket& socket : *sockets) {
    std::printf("%s %d %s %llu\n", socket.local.to_string().c_str(), socket.local.port(),
                socket.listens ? "listens" : "-", static_cast<unsigned long long>(socket.owner_key));
  }
}
