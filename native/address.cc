#include "address.h"

#include <cstring>

#ifndef _WIN32
#include <arpa/inet.h>
#include <netdb.h>
#endif

namespace port_for {

std::optional<Address> Address::parse(const std::string& text) {
  Address address = any(AF_INET);
  if (inet_pton(AF_INET, text.c_str(), &address.v4().sin_addr) == 1) return address;
  // getaddrinfo() would also take "1" and "0x7f.1" for IPv4 addresses, which no user means.
  if (text.find(':') == std::string::npos) return std::nullopt;
  addrinfo hints{};
  hints.ai_family = AF_INET6;
  hints.ai_socktype = SOCK_STREAM;
  // Numeric alone: no name service is asked. Unlike inet_pton() this reads the scope of a link-local address.
  hints.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (getaddrinfo(text.c_str(), nullptr, &hints, &found) != 0) return std::nullopt;
  std::memcpy(&address.storage_, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  return address;
}

Address Address::from_bytes(int family, const void* bytes) {
  Address address = any(family);
  if (family == AF_INET) {
    std::memcpy(&address.v4().sin_addr, bytes, sizeof(in_addr));
  } else {
    std::memcpy(&address.v6().sin6_addr, bytes, sizeof(in6_addr));
  }
  return address;
}

Address Address::any(int family) {
  Address address;
  address.storage_.ss_family = static_cast<decltype(address.storage_.ss_family)>(family);
  return address;  // All zeros is the wildcard address of both families.
}

Address Address::loopback(int family) {
  Address address = any(family);
  if (family == AF_INET) {
    address.v4().sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  } else {
    address.v6().sin6_addr = in6addr_loopback;
  }
  return address;
}

uint16_t Address::port() const {
  return ntohs(family() == AF_INET ? v4().sin_port : v6().sin6_port);
}

void Address::set_port(uint16_t port) {
  (family() == AF_INET ? v4().sin_port : v6().sin6_port) = htons(port);
}

bool Address::is_any() const {
  return family() == AF_INET ? v4().sin_addr.s_addr == 0 : IN6_IS_ADDR_UNSPECIFIED(&v6().sin6_addr);
}

bool Address::is_loopback() const {
  constexpr uint8_t kLoopbackNet = 127;
  if (family() == AF_INET) return (ntohl(v4().sin_addr.s_addr) >> 24) == kLoopbackNet;
  const in6_addr& address = v6().sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&address) ||
         (IN6_IS_ADDR_V4MAPPED(&address) && address.s6_addr[12] == kLoopbackNet);
}

std::string Address::to_string() const {
  char text[INET6_ADDRSTRLEN] = "";
  const void* bytes = family() == AF_INET ? static_cast<const void*>(&v4().sin_addr)
                                          : static_cast<const void*>(&v6().sin6_addr);
  inet_ntop(family(), bytes, text, sizeof text);
  return text;
}

bool Address::operator==(const Address& other) const {
  if (family() != other.family() || port() != other.port()) return false;
  if (family() == AF_INET) return v4().sin_addr.s_addr == other.v4().sin_addr.s_addr;
  return std::memcmp(&v6().sin6_addr, &other.v6().sin6_addr, sizeof(in6_addr)) == 0;
}

}  // namespace port_for
