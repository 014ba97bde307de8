#include "pick_job.h"

#include <atomic>
#include <memory>
#include <utility>

#include "js_values.h"
#include "lease_handle.h"
#include "pick.h"

namespace port_for {

namespace {

const std::vector<Transport> kUsualTransports{Transport::kTcp};

enum class Hold { kNo, kForServers, kExclusively };

Hold read_hold(const Napi::Value& value, const char* name) {
  if (value.IsString()) return read_word<Hold>(value, name, {{"exclusive", Hold::kExclusively}});
  return read_boolean(value, name) ? Hold::kForServers : Hold::kNo;
}

PickRequest read_request(const Napi::Object& request) {
  const Hold hold = read_hold(request.Get("hold"), "hold");
  const auto count = static_cast<size_t>(read_integer(request.Get("count"), "count", 1, UINT16_MAX));
  return {read_ports(request.Get("ports"), "ports"), count, hold != Hold::kNo, hold == Hold::kExclusively};
}

BindTarget read_target(const Napi::Object& request) {
  return {read_addresses(request.Get("hosts"), "hosts"),
          read_transports(request.Get("transports"), "transports"),
          read_boolean(request.Get("reuseAddress"), "reuseAddress")};
}

/** From so many sockets on the table of descriptors would grow more than once. */
constexpr size_t kManySockets = 128;

void make_room(size_t sockets) {
  if (sockets >= kManySockets) make_room_for_descriptors(sockets);
}

/** Picks, and lets the holder's servers in where ports are held for them: all that were wanted or none. */
Pick pick_and_admit(const PickRequest& request, Judge& judge, const std::atomic<bool>& is_cancelled) {
  if (request.hold)
    make_room(request.count * judge.target().addresses().size() * judge.target().transports().size());
  Pick result = catch_shortage([&] { return pick(request, judge, is_cancelled); });
  for (HeldPort& held : result.held) {
    for (auto& [transport, socket] : held) {
      if (transport == Transport::kUdp) refuse_datagrams(socket);
      if (const int error = admit_servers(socket, !request.is_exclusive))
        result.fault = Fault{error, "setsockopt"};
    }
  }
  if (result.fault || result.ports.size() < request.count) result.held.clear();
  return result;
}

/** `{ ports, denied, leases }`, the leases only where ports are held. */
Napi::Value write_pick(Napi::Env env, Pick pick, const Napi::FunctionReference& lease_class) {
  Napi::Array ports = Napi::Array::New(env, pick.ports.size());
  for (uint32_t index = 0; index < pick.ports.size(); index++) ports.Set(index, pick.ports[index]);
  Napi::Array leases = Napi::Array::New(env, pick.held.size());
  for (uint32_t index = 0; index < pick.held.size(); index++)
    leases.Set(index, LeaseHandle::make(lease_class, std::move(pick.held[index])));
  Napi::Object object = Napi::Object::New(env);
  object.Set("ports", ports);
  object.Set("denied", static_cast<double>(pick.denied));
  object.Set("leases", leases);
  return object;
}

class PickJob : public Job {
 public:
  PickJob(PickRequest request, BindTarget target, HangUps& hang_ups,
          const Napi::FunctionReference& lease_class)
      : request_(std::move(request)), judge_(std::move(target), hang_ups), lease_class_(lease_class) {}

  void cancel() override { is_cancelled_ = true; }

 protected:
  std::optional<Fault> work() override {
    pick_ = pick_and_admit(request_, judge_, is_cancelled_);
    return pick_.fault;
  }
  Napi::Value write(Napi::Env env) override { return write_pick(env, std::move(pick_), lease_class_); }

 private:
  PickRequest request_;
  Judge judge_;
  const Napi::FunctionReference& lease_class_;
  std::atomic<bool> is_cancelled_{false};
  Pick pick_;
};

}  // namespace

Napi::Value Picks::pick_now(const Napi::CallbackInfo& info) {
  const auto request = read_object(info[0], "request");
  BindTarget target = read_target(request);
  const bool is_usual =
      target.is_everywhere() && target.transports() == kUsualTransports && !target.reuses_address();
  std::optional<Judge> judge;
  const std::atomic<bool> is_cancelled{false};
  Pick result =
      pick_and_admit(read_request(request),
                     is_usual ? usual_judge() : judge.emplace(std::move(target), hang_ups_), is_cancelled);
  if (result.fault) throw to_error(info.Env(), *result.fault);
  return write_pick(info.Env(), std::move(result), lease_class_);
}

Napi::Value Picks::pick_at_once(const Napi::CallbackInfo& info) {
  const PortBits candidates = read_ports(info[0], "ports");
  return Napi::Number::New(info.Env(), port_for::pick_at_once(candidates, usual_judge()).value_or(0));
}

Napi::Value Picks::start(const Napi::CallbackInfo& info) {
  const auto request = read_object(info[0], "request");
  BindTarget target = read_target(request);
  auto job = std::make_shared<PickJob>(read_request(request), std::move(target), hang_ups_, lease_class_);
  return jobs_.start(info.Env(), jobs_.picks(), std::move(job));
}

Judge& Picks::usual_judge() {
  if (!usual_judge_) usual_judge_.emplace(BindTarget({}, kUsualTransports), hang_ups_);
  return *usual_judge_;
}

}  // namespace port_for
