#include "judge.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "this_machine.h"

namespace port_for {

namespace {

using Clock = std::chrono::steady_clock;

/** How long a port of this machine that neither accepts nor refuses, a firewall's, may take to be called
 * used. This machine answers within the call, or some milliseconds later where it is busy; docs/judging.md
 * promises the time. */
constexpr std::chrono::milliseconds kAnswerTime{100};

bool has(const std::vector<Transport>& transports, Transport transport) {
  return std::find(transports.begin(), transports.end(), transport) != transports.end();
}

}  // namespace

Judge::Judge(BindTarget target, HangUps& hang_ups)
    : target_(std::move(target)), hang_ups_(hang_ups), bind_(target_) {
  // A datagram socket answers no connect: binding is all there is to ask.
  if (!has(target_.transports(), Transport::kTcp)) return;
  for (const Address& address : target_.client_addresses())
    clients_.push_back({address, ConnectAttempt(), Client::kUnknown});
}

void Judge::begin() {
  for (Client& client : clients_) client.state = Client::kUnknown;
}

std::optional<Outcome> Judge::judge(uint16_t port) {
  const Outcome outcome = bind_.probe(port);
  return is(outcome, Verdict::kFree) ? ask(port, 0) : outcome;
}

std::optional<Outcome> Judge::ask(uint16_t port, size_t index) {
  for (; index < clients_.size(); index++) {
    Client& client = clients_[index];
    if (client.state == Client::kIsMissing) continue;
    client.address.set_port(port);
    int error = client.attempt.begin(client.address);
    if (error == EINPROGRESS) error = client.attempt.collect();
    if (error == EINPROGRESS) {
      silent_ = index;
      return std::nullopt;
    }
    const Outcome outcome = settle(client, client.attempt, error);
    if (!is(outcome, Verdict::kFree)) return outcome;
  }
  return Verdict::kFree;
}

OpenQuestion Judge::take_open() {
  ConnectAttempt attempt = std::move(clients_[silent_].attempt);
  const uint16_t port = attempt.port();
  return {port, bind_.take(), silent_, std::move(attempt), Clock::now() + kAnswerTime};
}

std::optional<Outcome> Judge::resume(OpenQuestion& question) {
  const int error = question.attempt.collect();
  if (error == EINPROGRESS && Clock::now() < question.deadline) return std::nullopt;
  const Outcome outcome = settle(clients_[question.client], question.attempt, error);
  if (!is(outcome, Verdict::kFree)) return outcome;
  const std::optional<Outcome> others = ask(question.port, question.client + 1);
  if (others) return others;
  question.client = silent_;
  question.attempt = std::move(clients_[silent_].attempt);
  question.deadline = Clock::now() + kAnswerTime;
  return std::nullopt;
}

Outcome Judge::settle(Client& client, ConnectAttempt& attempt, int error) {
  Socket accepted;
  const Outcome outcome = attempt.settle(error, &accepted);
  if (accepted) hang_ups_.add(std::move(accepted));
  const bool is_answered = is(outcome, Verdict::kFree) || is(outcome, Verdict::kUsed);
  if (is_answered || client.state == Client::kWorks) return outcome;
  const auto works = reaches_itself(client.address, hang_ups_);
  if (const Fault* fault = std::get_if<Fault>(&works)) return *fault;
  if (std::get<bool>(works)) {
    client.state = Client::kWorks;
    return outcome;
  }
  // Every port would be called used, for want of a refusal.
  if (!target_.is_everywhere()) return Fault{ENETUNREACH, "connect"};
  // Where every address is meant, a loopback address that this machine lacks has nothing to say.
  client.state = Client::kIsMissing;
  return Verdict::kFree;
}

}  // namespace port_for
