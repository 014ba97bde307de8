#include "judge.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "this_machine.h"

namespace port_for {

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
  for (const Address& address : target_.client_addresses()) {
    clients_.push_back({ConnectProbe(address, kAnswerMilliseconds), Client::kUnknown});
  }
}

void Judge::begin() {
  for (Client& client : clients_) client.address = Client::kUnknown;
}

Outcome Judge::judge(uint16_t port) {
  Outcome outcome = bind_.probe(port);
  for (Client& client : clients_) {
    if (is(outcome, Verdict::kFree) && client.address != Client::kIsMissing) outcome = connect(client, port);
  }
  return outcome;
}

Outcome Judge::connect(Client& client, uint16_t port) {
  const Outcome outcome = client.probe.probe(port);
  const bool is_answered = is(outcome, Verdict::kFree) || is(outcome, Verdict::kUsed);
  if (is_answered || client.address == Client::kWorks) return outcome;
  const auto works = reaches_itself(client.probe.address());
  if (const Fault* fault = std::get_if<Fault>(&works)) return *fault;
  if (std::get<bool>(works)) {
    client.address = Client::kWorks;
    return outcome;
  }
  // Every port would be called used, for want of a refusal.
  if (!target_.is_everywhere()) return Fault{ENETUNREACH, "connect"};
  // Where every address is meant, a loopback address that this machine lacks has nothing to say.
  client.address = Client::kIsMissing;
  return Verdict::kFree;
}

}  // namespace port_for
