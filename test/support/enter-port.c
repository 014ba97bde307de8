// Binds PORT at each ADDRESS again and again, with SO_REUSEADDR and SO_REUSEPORT, until it gets in; then
// listens if it can, prints where it is and stays. Prints "ready" after the first round.
//
// enter-port PORT ADDRESS...

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kMost = 8 };

static int open_socket(int family) {
  const int on = 1;
  const int socket_of = socket(family, SOCK_STREAM, 0);
  if (socket_of < 0) return socket_of;
  setsockopt(socket_of, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(socket_of, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  return socket_of;
}

int main(int word_count, char** words) {
  const int count = word_count - 2;
  if (count < 1 || count > kMost) return 2;
  char** const addresses = words + 2;
  const in_port_t port = htons((in_port_t)atoi(words[1]));
  int sockets[kMost];
  struct sockaddr_storage places[kMost] = {0};
  for (int index = 0; index < count; index++) {
    struct sockaddr_in* const v4 = (struct sockaddr_in*)&places[index];
    struct sockaddr_in6* const v6 = (struct sockaddr_in6*)&places[index];
    if (inet_pton(AF_INET, addresses[index], &v4->sin_addr) == 1) {
      v4->sin_family = AF_INET;
      v4->sin_port = port;
    } else {
      inet_pton(AF_INET6, addresses[index], &v6->sin6_addr);
      v6->sin6_family = AF_INET6;
      v6->sin6_port = port;
    }
    sockets[index] = open_socket(places[index].ss_family);
  }
  for (int is_first = 1;; is_first = 0) {
    for (int index = 0; index < count; index++) {
      if (bind(sockets[index], (struct sockaddr*)&places[index], sizeof(struct sockaddr_in6)) != 0) continue;
      listen(sockets[index], 16);
      printf("entered %s\n", addresses[index]);
      fflush(stdout);
      pause();
    }
    if (is_first) {
      printf("ready\n");
      fflush(stdout);
    }
  }
}
