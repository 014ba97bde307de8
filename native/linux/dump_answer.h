#pragma once

#include <linux/inet_diag.h>
#include <linux/netlink.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace port_for {

/** What a message that ends an answer says: 0, or an errno value; EBADMSG where it says neither. */
inline int netlink_error(const nlmsghdr& message) {
  if (message.nlmsg_len < NLMSG_LENGTH(sizeof(int))) return EBADMSG;
  const int value = *static_cast<const int*>(NLMSG_DATA(&message));
  constexpr int kMostErrors = 4095;  // MAX_ERRNO of the kernel.
  return value < -kMostErrors ? EBADMSG : value < 0 ? -value : 0;
}

/** What the kernel answers to the dump of a table by netlink, one read of it after the other. */
class DumpAnswer {
 public:
  /**
   * Calls `visit` with each message of one read that tells of a socket. Returns nothing while there is more
   * to read, 0 where the dump is whole, else an errno value: the kernel's refusal, or EBADMSG for what is no
   * answer. A dump that the kernel marks as interrupted, since the table changed under it, ends with EINTR.
   */
  template <typename Visit>
  std::optional<int> read(const char* bytes, size_t size, const Visit& visit) {
    auto left = static_cast<uint32_t>(size);
    const auto* message = reinterpret_cast<const nlmsghdr*>(bytes);
    if (!NLMSG_OK(message, left)) return EBADMSG;
    for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
      is_interrupted_ = is_interrupted_ || (message->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
      // A dump can also end by a refusal, as where the kernel lacks the table of the protocol.
      const bool is_end = message->nlmsg_type == NLMSG_DONE;
      if (is_end || message->nlmsg_type == NLMSG_ERROR) {
        const int error = netlink_error(*message);
        if (error > 0) return error;
        if (!is_end) return EBADMSG;  // An acknowledgement, which nobody asked for.
        return is_interrupted_ ? EINTR : 0;
      }
      if (message->nlmsg_len < NLMSG_LENGTH(sizeof(inet_diag_msg))) return EBADMSG;
      visit(*message);
    }
    return std::nullopt;
  }

 private:
  bool is_interrupted_ = false;
};

}  // namespace port_for
