#include "listener_question.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "dump_answer.h"

namespace port_for {

namespace {

struct Question {
  nlmsghdr header;
  inet_diag_req_v2 body;
};

/**
 * The question for one socket (sock_diag(7) without NLM_F_DUMP). With nobody at the other end the kernel
 * looks up what a SYN from anywhere meets: the listener of that address, else that of a wildcard.
 */
Question question_for(const Address& address) {
  Question question{};
  question.header.nlmsg_len = sizeof question;
  question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.header.nlmsg_flags = NLM_F_REQUEST;
  question.body.sdiag_family = static_cast<uint8_t>(address.family());
  question.body.sdiag_protocol = IPPROTO_TCP;
  question.body.idiag_states = 1u << TCP_LISTEN;
  inet_diag_sockid& id = question.body.id;
  id.idiag_sport = htons(address.port());
  id.idiag_cookie[0] = id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  if (address.family() == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address.data());
    std::memcpy(id.idiag_src, &v4->sin_addr, sizeof v4->sin_addr);
  } else {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address.data());
    std::memcpy(id.idiag_src, &v6->sin6_addr, sizeof v6->sin6_addr);
    id.idiag_if = v6->sin6_scope_id;
  }
  return question;
}

/** 0 where the kernel found the socket, else the error that it answers with, or that of the call. */
int put(int descriptor, const Question& question) {
  if (send(descriptor, &question, sizeof question, 0) < 0) return errno;
  // One socket with its attributes: some hundred bytes.
  alignas(nlmsghdr) char answer[4096];
  ssize_t received;
  do {
    received = recv(descriptor, answer, sizeof answer, 0);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return errno;
  const auto* header = reinterpret_cast<const nlmsghdr*>(answer);
  if (!NLMSG_OK(header, static_cast<uint32_t>(received))) return EBADMSG;
  if (header->nlmsg_type != NLMSG_ERROR) return 0;
  return netlink_error(*header);
}

}  // namespace

ListenerQuestion::~ListenerQuestion() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::optional<bool> ListenerQuestion::ask(const Address& address) {
  if (descriptor_ < 0) descriptor_ = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  const int error = descriptor_ < 0 ? errno : put(descriptor_, question_for(address));
  if (error == 0) return true;
  if (error == ENOENT && descriptor_ >= 0) return false;
  // What else an answer may say, a later one would be taken for; without netlink /proc may tell.
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = -1;
  return search_table(address);
}

}  // namespace port_for
