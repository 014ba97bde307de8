#include "judge.h"

#include <algorithm>
#include <utility>

namespace {

/** How long a port of this machine that neither accepts nor refuses, a firewall's, may take to be called
 * used. */
constexpr int kAnswerMilliseconds = 100;

bool has(const std::vector<Transport>& transports, Transport transport) {
  return std::find(transports.begin(), transports.end(), transport) != transports.end();
}

}  // namespace

Judge::Judge(BindTarget target) : target_(std::move(target)), bind_(target_) {
  // A datagram socket answers no connect: binding is all there is to ask.
  if (!has(target_.transports(), Transport::kTcp)) return;
  for (const Address& address : target_.client_addresses())
    connects_.emplace_back(address, kAnswerMilliseconds);
}

Outcome Judge::judge(uint16_t port) {
  Outcome outcome = bind_.probe(port);
  for (auto connect = connects_.begin(); connect != connects_.end() && is(outcome, Verdict::kFree);) {
    outcome = connect->probe(port);
    const bool is_answered = is(outcome, Verdict::kFree) || is(outcome, Verdict::kUsed);
    // Where every address is meant, a loopback address that this machine lacks has nothing to say.
    if (!is_answered && target_.is_everywhere() && !machine_has(connect->address())) {
      connect = connects_.erase(connect);
      outcome = Verdict::kFree;
    } else {
      ++connect;
    }
  }
  return outcome;
}
