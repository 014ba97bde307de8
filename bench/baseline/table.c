#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <unistd.h>

#include "raw.h"

// Sweeps of the socket table for TCP, both families and all states, by sock_diag(7).

static uint8_t used[65536];

static void dump(int netlink) {
  // The older form of the question, which can leave the family open.
  struct {
    struct nlmsghdr header;
    struct inet_diag_req body;
  } request = {
      .header = {.nlmsg_len = sizeof request,
                 .nlmsg_type = TCPDIAG_GETSOCK,
                 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
      .body = {.idiag_states = ~0u},
  };
  if (send(netlink, &request, sizeof request, 0) < 0) die("send");
  static _Alignas(struct nlmsghdr) char buffer[32 * 1024];
  while (true) {
    const ssize_t received = recv(netlink, buffer, sizeof buffer, 0);
    if (received <= 0) die("recv");
    unsigned left = (unsigned)received;
    for (const struct nlmsghdr* message = (const void*)buffer; NLMSG_OK(message, left);
         message = NLMSG_NEXT(message, left)) {
      if (message->nlmsg_type == NLMSG_DONE) return;
      if (message->nlmsg_type == NLMSG_ERROR) die("sock_diag");
      const struct inet_diag_msg* entry = NLMSG_DATA(message);
      used[ntohs(entry->id.idiag_sport)] = 1;
    }
  }
}

int64_t measure_table(int count) {
  const int64_t start = now();
  for (int index = 0; index < count; index++) {
    const int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (netlink < 0) die("socket");
    dump(netlink);
    close(netlink);
  }
  return now() - start;
}
