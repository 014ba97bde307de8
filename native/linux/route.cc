#include "route.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

namespace port_for {

namespace {

/** A question for the route to one address (rtnetlink(7)). */
struct RouteQuestion {
  nlmsghdr header{};
  rtmsg route{};
  // At most the destination, 16 bytes, and the interface, 4, each behind a heading of 4.
  char attributes[64]{};

  RouteQuestion(int family, const void* destination, size_t bytes, uint32_t interface) {
    header.nlmsg_len = NLMSG_LENGTH(sizeof route);
    header.nlmsg_type = RTM_GETROUTE;
    header.nlmsg_flags = NLM_F_REQUEST;
    route.rtm_family = static_cast<unsigned char>(family);
    route.rtm_dst_len = static_cast<unsigned char>(bytes * 8);
    add(RTA_DST, destination, bytes);
    if (interface != 0) add(RTA_OIF, &interface, sizeof interface);
  }

  void add(unsigned short type, const void* value, size_t bytes) {
    auto* attribute = reinterpret_cast<rtattr*>(reinterpret_cast<char*>(this) + header.nlmsg_len);
    attribute->rta_type = type;
    attribute->rta_len = static_cast<unsigned short>(RTA_LENGTH(bytes));
    std::memcpy(RTA_DATA(attribute), value, bytes);
    header.nlmsg_len += RTA_ALIGN(attribute->rta_len);
  }
};

RouteQuestion question_for(const Address& address) {
  if (address.family() == AF_INET) {
    const auto& v4 = *reinterpret_cast<const sockaddr_in*>(address.data());
    return {AF_INET, &v4.sin_addr, sizeof v4.sin_addr, 0};
  }
  const auto& v6 = *reinterpret_cast<const sockaddr_in6*>(address.data());
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) return {AF_INET, &v6.sin6_addr.s6_addr[12], sizeof(in_addr), 0};
  return {AF_INET6, &v6.sin6_addr, sizeof v6.sin6_addr, v6.sin6_scope_id};
}

std::optional<bool> ask(int netlink, const RouteQuestion& question) {
  if (send(netlink, &question, question.header.nlmsg_len, 0) < 0) return std::nullopt;
  alignas(nlmsghdr) char answer[4096];
  const ssize_t received = recv(netlink, answer, sizeof answer, 0);
  const auto* header = reinterpret_cast<const nlmsghdr*>(answer);
  if (received < 0 || !NLMSG_OK(header, static_cast<size_t>(received))) return std::nullopt;
  // No way there at all.
  if (header->nlmsg_type == NLMSG_ERROR) return false;
  return static_cast<const rtmsg*>(NLMSG_DATA(header))->rtm_type == RTN_LOCAL;
}

}  // namespace

std::optional<bool> leads_here(const Address& address) {
  const int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (netlink < 0) return std::nullopt;
  const std::optional<bool> answer = ask(netlink, question_for(address));
  close(netlink);
  return answer;
}

}  // namespace port_for
