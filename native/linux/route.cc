#include "route.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "dump_answer.h"

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

/** How the kernel says that there is no way to an address at all. */
bool is_no_way(int error) {
  return error == ENETUNREACH || error == EHOSTUNREACH || error == EACCES || error == EINVAL;
}

/** A fault for what passes; nothing where routes cannot be asked here, as in a sandbox. */
Result<std::optional<bool>> unknown(int error) {
  if (is_shortage(error)) return Fault{error, "netlink"};
  return std::optional<bool>();
}

Result<std::optional<bool>> ask(int netlink, const RouteQuestion& question) {
  if (send(netlink, &question, question.header.nlmsg_len, 0) < 0) return unknown(errno);
  // One route with its attributes: some hundred bytes.
  alignas(nlmsghdr) char answer[4096];
  ssize_t received;
  do {
    received = recv(netlink, answer, sizeof answer, 0);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return unknown(errno);
  const auto* header = reinterpret_cast<const nlmsghdr*>(answer);
  if (!NLMSG_OK(header, static_cast<size_t>(received))) return unknown(EBADMSG);
  if (header->nlmsg_type == NLMSG_ERROR) {
    const int error = netlink_error(*header);
    if (is_no_way(error)) return std::optional<bool>(false);
    return unknown(error);
  }
  if (header->nlmsg_len < NLMSG_LENGTH(sizeof(rtmsg))) return unknown(EBADMSG);
  return std::optional<bool>(static_cast<const rtmsg*>(NLMSG_DATA(header))->rtm_type == RTN_LOCAL);
}

}  // namespace

Result<std::optional<bool>> leads_here(const Address& address) {
  const int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (netlink < 0) return unknown(errno);
  const auto answer = ask(netlink, question_for(address));
  close(netlink);
  return answer;
}

}  // namespace port_for
