#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "raw.h"

int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

void die(const char* call) {
  perror(call);
  exit(1);
}

struct sockaddr_in loopback_v4(uint16_t port) {
  return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

struct sockaddr_in6 loopback_v6(uint16_t port) {
  return (struct sockaddr_in6){
      .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
}

int bind_to(const struct sockaddr* address, socklen_t size) {
  const int descriptor = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) die("socket");
  if (address->sa_family == AF_INET6) {
    const int off = 0;
    setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  }
  if (bind(descriptor, address, size) == 0) return descriptor;
  if (errno != EADDRINUSE && errno != EACCES) die("bind");
  close(descriptor);
  return -1;
}

int bind_dual_stack(uint16_t port) {
  const struct sockaddr_in6 address = {
      .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_ANY_INIT};
  return bind_to((const struct sockaddr*)&address, sizeof address);
}

bool is_refused(int* descriptor, const struct sockaddr* address, socklen_t size) {
  if (*descriptor < 0) {
    *descriptor = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*descriptor < 0) die("socket");
  }
  int status = connect(*descriptor, address, size);
  // The answer is there by now, since it came within the first call; a second one collects it.
  if (status != 0 && errno == EINPROGRESS) status = connect(*descriptor, address, size);
  if (status != 0 && errno == ECONNREFUSED) return true;
  const struct linger reset = {.l_onoff = 1, .l_linger = 0};
  setsockopt(*descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close(*descriptor);
  *descriptor = -1;
  return false;
}
