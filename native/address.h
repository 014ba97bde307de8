#pragma once

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <netinet/in.h>
#include <sys/socket.h>
#endif

#include <cstdint>
#include <optional>
#include <string>

namespace port_for {

/** An IP address with a port, of either family, in the form that the kernel takes. */
class Address {
 public:
  /** Reads an IP address such as `127.0.0.1`, `::1` or `fe80::1%eth0`; nothing if the text is none. */
  static std::optional<Address> parse(const std::string& text);
  /** From the bytes of an address in network order, 4 or 16 of them. */
  static Address from_bytes(int family, const void* bytes);
  static Address any(int family);
  static Address loopback(int family);

  int family() const { return storage_.ss_family; }
  uint16_t port() const;
  void set_port(uint16_t port);

  /** `0.0.0.0` or `::`. */
  bool is_any() const;
  /** 127.0.0.0/8, `::1`, or the former mapped into IPv6. */
  bool is_loopback() const;
  /** Where a client reaches a server that listens here: the loopback address for `any`, else itself. */
  Address client() const { return is_any() ? loopback(family()) : *this; }

  /** As `parse()` reads it, without the scope. */
  std::string to_string() const;

  bool operator==(const Address& other) const;

  const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  sockaddr* data() { return reinterpret_cast<sockaddr*>(&storage_); }
  socklen_t size() const { return family() == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6); }
  static constexpr socklen_t capacity() { return sizeof(sockaddr_storage); }

 private:
  sockaddr_in& v4() { return reinterpret_cast<sockaddr_in&>(storage_); }
  const sockaddr_in& v4() const { return reinterpret_cast<const sockaddr_in&>(storage_); }
  sockaddr_in6& v6() { return reinterpret_cast<sockaddr_in6&>(storage_); }
  const sockaddr_in6& v6() const { return reinterpret_cast<const sockaddr_in6&>(storage_); }

  sockaddr_storage storage_{};
};

}  // namespace port_for
