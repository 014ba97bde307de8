#include <napi.h>

#include <optional>
#include <utility>

#include "connect_probe.h"
#include "ephemeral_range.h"
#include "file_lock.h"
#include "js_values.h"
#include "lease_table.h"
#include "pick.h"
#include "scan_job.h"
#include "signal_relay.h"
#include "socket_table.h"
#include "table_watch.h"

namespace {

/** Reads `(candidates, count, hosts, transports, hold, pastClosed)`: the target is hosts, transports and the
 * last. */
PickRequest read_pick_request(const Napi::CallbackInfo& info) {
  const bool is_exclusive = info[4].IsString();
  return {read_ports(info[0]), info[1].As<Napi::Number>().Uint32Value(), info[4].ToBoolean(), is_exclusive};
}

BindTarget read_pick_target(const Napi::CallbackInfo& info) {
  return {read_addresses(info[2]), read_transports(info[3]), info[5].ToBoolean()};
}

const std::vector<Transport> kUsualTransports{Transport::kTcp};

/** Picks, and lets the holder's servers in where ports are held for them: all that were wanted or none. */
Pick pick_and_admit(const PickRequest& request, Judge& judge) {
  Pick result = pick(request, judge);
  for (HeldPort& held : result.held) {
    for (Socket& socket : held) {
      refuse_datagrams(socket);
      if (const int error = admit_servers(socket, !request.is_exclusive))
        result.fault = Fault{error, "setsockopt"};
    }
  }
  if (result.fault || result.ports.size() < request.count) result.held.clear();
  return result;
}

/** `{ ports, used, denied, leases }`, the leases' numbers only where ports are held. */
Napi::Value write_pick(Napi::Env env, Pick pick, LeaseTable& leases) {
  Napi::Array ports = Napi::Array::New(env, pick.ports.size());
  for (uint32_t index = 0; index < pick.ports.size(); index++) ports.Set(index, pick.ports[index]);
  Napi::Array ids = Napi::Array::New(env, pick.held.size());
  for (uint32_t index = 0; index < pick.held.size(); index++)
    ids.Set(index, leases.add(std::move(pick.held[index])));
  Napi::Object object = Napi::Object::New(env);
  object.Set("ports", ports);
  object.Set("used", static_cast<double>(pick.used));
  object.Set("denied", static_cast<double>(pick.denied));
  object.Set("leases", ids);
  return object;
}

class PickWorker : public Napi::AsyncWorker {
 public:
  PickWorker(Napi::Env env, PickRequest request, BindTarget target, LeaseTable& leases)
      : AsyncWorker(env, "port-for-native pick"),
        deferred_(Napi::Promise::Deferred::New(env)),
        request_(std::move(request)),
        judge_(std::move(target)),
        leases_(leases) {}

  Napi::Promise promise() const { return deferred_.Promise(); }

  void Execute() override { pick_ = pick_and_admit(request_, judge_); }

  void OnOK() override {
    if (pick_.fault) {
      deferred_.Reject(to_error(Env(), *pick_.fault).Value());
    } else {
      deferred_.Resolve(write_pick(Env(), std::move(pick_), leases_));
    }
  }

 private:
  Napi::Promise::Deferred deferred_;
  PickRequest request_;
  Judge judge_;
  LeaseTable& leases_;
  Pick pick_;
};

/** The addon as one JavaScript environment sees it: the main thread and each worker thread have their own. */
class PortForNative : public Napi::Addon<PortForNative> {
 public:
  PortForNative(Napi::Env, Napi::Object exports) {
    DefineAddon(exports, {
                             InstanceMethod("ephemeralRanges", &PortForNative::EphemeralRanges),
                             InstanceMethod("reservedPorts", &PortForNative::ReservedPorts),
                             InstanceMethod("socketTable", &PortForNative::GetSocketTable),
                             InstanceMethod("tableSockets", &PortForNative::GetTableSockets),
                             InstanceMethod("watchListeners", &PortForNative::WatchListeners),
                             InstanceMethod("isAddress", &PortForNative::IsAddress),
                             InstanceMethod("isLocalAddress", &PortForNative::IsLocalAddress),
                             InstanceMethod("hasRoute", &PortForNative::HasRoute),
                             InstanceMethod("pickSync", &PortForNative::PickSync),
                             InstanceMethod("pick", &PortForNative::PickAsync),
                             InstanceMethod("scanSync", &PortForNative::ScanSync),
                             InstanceMethod("scan", &PortForNative::ScanAsync),
                             InstanceMethod("isLeased", &PortForNative::IsLeased),
                             InstanceMethod("leaseDescriptors", &PortForNative::LeaseDescriptors),
                             InstanceMethod("admitServers", &PortForNative::AdmitServers),
                             InstanceMethod("shareLease", &PortForNative::ShareLease),
                             InstanceMethod("takeLeaseDescriptor", &PortForNative::TakeLeaseDescriptor),
                             InstanceMethod("releaseLease", &PortForNative::ReleaseLease),
                             InstanceMethod("tryLock", &PortForNative::TryLock),
                             InstanceMethod("catchSignals", &PortForNative::CatchSignals),
                             InstanceMethod("relaySignalsTo", &PortForNative::RelaySignalsTo),
                             InstanceMethod("endSignalRelay", &PortForNative::EndSignalRelay),
                         });
  }

 private:
  Napi::Value EphemeralRanges(const Napi::CallbackInfo& info) {
    Napi::Array ends = Napi::Array::New(info.Env());
    for (const auto& [low, high] : ephemeral_ranges()) {
      ends.Set(ends.Length(), low);
      ends.Set(ends.Length(), high);
    }
    return ends;
  }

  Napi::Value ReservedPorts(const Napi::CallbackInfo& info) {
    return write_ports(info.Env(), reserved_ports());
  }

  Napi::Value GetSocketTable(const Napi::CallbackInfo& info) {
    return write_answer(info.Env(), socket_table(read_transport(info[0]), read_states(info[1])), write_ports);
  }

  Napi::Value GetTableSockets(const Napi::CallbackInfo& info) {
    return write_answer(info.Env(), table_sockets(read_transport(info[0]), read_states(info[1])),
                        write_table_sockets);
  }

  /** What the table tells, as `write` has it; undefined where there is no table. */
  template <typename T>
  static Napi::Value write_answer(Napi::Env env, const TableAnswer<T>& answer,
                                  Napi::Value (*write)(Napi::Env, const T&)) {
    if (const T* table = std::get_if<T>(&answer)) return write(env, *table);
    const Fault& fault = std::get<Fault>(answer);
    return fault.error == kNoTable ? env.Undefined() : fail(env, fault);
  }

  Napi::Value WatchListeners(const Napi::CallbackInfo& info) {
    return watch_listeners(info.Env(), read_sweep_pace(info[0].As<Napi::Object>()),
                           info[1].As<Napi::Function>());
  }

  Napi::Value IsAddress(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), Address::parse(info[0].As<Napi::String>()).has_value());
  }

  Napi::Value IsLocalAddress(const Napi::CallbackInfo& info) {
    const std::optional<Address> address = Address::parse(info[0].As<Napi::String>());
    return Napi::Boolean::New(info.Env(), address && machine_has(*address));
  }

  Napi::Value HasRoute(const Napi::CallbackInfo& info) {
    const std::optional<Address> address = Address::parse(info[0].As<Napi::String>());
    return Napi::Boolean::New(info.Env(), address && has_route(*address));
  }

  Napi::Value PickSync(const Napi::CallbackInfo& info) {
    BindTarget target = read_pick_target(info);
    const bool is_usual =
        target.is_everywhere() && target.transports() == kUsualTransports && !target.is_past_closed();
    std::optional<Judge> judge;
    Pick result =
        pick_and_admit(read_pick_request(info), is_usual ? usual_judge() : judge.emplace(std::move(target)));
    if (result.fault) return fail(info.Env(), *result.fault);
    return write_pick(info.Env(), std::move(result), leases_);
  }

  Napi::Value PickAsync(const Napi::CallbackInfo& info) {
    auto* worker = new PickWorker(info.Env(), read_pick_request(info), read_pick_target(info), leases_);
    worker->Queue();
    return worker->promise();
  }

  Napi::Value ScanSync(const Napi::CallbackInfo& info) {
    const ScanPlan plan = read_scan_plan(info[0].As<Napi::Object>());
    const ScanResult result = plan.scan(*plan.queue);
    return result.fault ? fail(info.Env(), *result.fault) : write_scan_result(info.Env(), result);
  }

  Napi::Value ScanAsync(const Napi::CallbackInfo& info) {
    return scans_.start(info.Env(), read_scan_plan(info[0].As<Napi::Object>()));
  }

  Napi::Value IsLeased(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), leases_.is_held(info[0].As<Napi::Number>()));
  }

  Napi::Value LeaseDescriptors(const Napi::CallbackInfo& info) {
    Napi::Array descriptors = Napi::Array::New(info.Env());
    for (const SocketHandle handle : leases_.handles(info[0].As<Napi::Number>()))
      descriptors.Set(descriptors.Length(), descriptor(info, handle));
    return descriptors;
  }

  void AdmitServers(const Napi::CallbackInfo& info) {
    leases_.admit_servers(info[0].As<Napi::Number>(), info[1].As<Napi::Boolean>());
  }

  void ShareLease(const Napi::CallbackInfo& info) { leases_.share(info[0].As<Napi::Number>()); }

  Napi::Value TakeLeaseDescriptor(const Napi::CallbackInfo& info) {
    return descriptor(info,
                      leases_.take(info[0].As<Napi::Number>(), info[1].As<Napi::Number>().Uint32Value()));
  }

  void ReleaseLease(const Napi::CallbackInfo& info) {
    const uint32_t id = info[0].As<Napi::Number>();
    if (info[1].IsUndefined()) {
      leases_.release(id);
    } else {
      leases_.release(id, info[1].As<Napi::Number>().Uint32Value());
    }
  }

  Napi::Value TryLock(const Napi::CallbackInfo& info) {
    const int error = try_lock_file(info[0].As<Napi::Number>());
    if (error != 0 && error != EWOULDBLOCK) return fail(info.Env(), Fault{error, "flock"});
    return Napi::Boolean::New(info.Env(), error == 0);
  }

  void CatchSignals(const Napi::CallbackInfo&) { catch_signals(); }

  void RelaySignalsTo(const Napi::CallbackInfo& info) { relay_signals_to(info[0].As<Napi::Number>()); }

  void EndSignalRelay(const Napi::CallbackInfo&) { end_signal_relay(); }

  static Napi::Value fail(Napi::Env env, const Fault& fault) {
    to_error(env, fault).ThrowAsJavaScriptException();
    return env.Undefined();
  }

  /** A descriptor as JavaScript knows it: -1 for none. */
  static Napi::Value descriptor(const Napi::CallbackInfo& info, SocketHandle handle) {
    return Napi::Number::New(info.Env(), handle == kNoSocket ? -1 : static_cast<double>(handle));
  }

  /** Kept from pick to pick, with its connecting sockets: opening them anew would double the time of a pick.
   */
  Judge& usual_judge() {
    if (!usual_judge_) usual_judge_.emplace(BindTarget({}, kUsualTransports));
    return *usual_judge_;
  }

  LeaseTable leases_;
  ScanJobs scans_;
  std::optional<Judge> usual_judge_;
};

NODE_API_ADDON(PortForNative)

}  // namespace
