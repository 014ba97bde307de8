#include <napi.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "abstract_socket.h"
#include "content_guard.h"
#include "ephemeral_range.h"
#include "file_lock.h"
#include "folder_calls.h"
#include "hang_up.h"
#include "jobs.h"
#include "js_values.h"
#include "keep_loaded.h"
#include "lease_handle.h"
#include "listener_question.h"
#include "owner_search.h"
#include "pick_job.h"
#include "privilege.h"
#include "process_handle.h"
#include "process_watch.h"
#include "scan_job.h"
#include "server_socket.h"
#include "signal_relay.h"
#include "socket_owners.h"
#include "socket_table.h"
#include "table_watch.h"
#include "this_machine.h"

namespace port_for {

namespace {

/** The addon as one JavaScript environment sees it: the main thread and each worker thread have their own. */
class PortForNative : public Napi::Addon<PortForNative> {
 public:
  PortForNative(Napi::Env env, Napi::Object exports)
      : lease_class_(Napi::Persistent(LeaseHandle::define(env))), jobs_(env) {
    keep_loaded();
    DefineAddon(exports, {
                             InstanceMethod("ephemeralRanges", &PortForNative::EphemeralRanges),
                             InstanceMethod("reservedRanges", &PortForNative::ReservedRanges),
                             InstanceMethod("tablePorts", &PortForNative::GetTablePorts),
                             InstanceMethod("tableSockets", &PortForNative::GetTableSockets),
                             InstanceMethod("socketOwners", &PortForNative::GetSocketOwners),
                             InstanceMethod("findSocketOwners", &PortForNative::FindSocketOwners),
                             InstanceMethod("findPortOwners", &PortForNative::FindPortOwners),
                             InstanceMethod("openProcess", &PortForNative::OpenProcess),
                             InstanceMethod("signalProcess", &PortForNative::SignalProcess),
                             InstanceMethod("processHasEnded", &PortForNative::ProcessHasEnded),
                             InstanceMethod("closeProcess", &PortForNative::CloseProcess),
                             InstanceMethod("watchListeners", &PortForNative::WatchListeners),
                             InstanceMethod("watchProcess", &PortForNative::WatchProcess),
                             InstanceMethod("isListening", &PortForNative::IsListening),
                             InstanceMethod("isAddress", &PortForNative::IsAddress),
                             InstanceMethod("isLocalAddress", &PortForNative::IsLocalAddress),
                             InstanceMethod("hasRoute", &PortForNative::HasRoute),
                             InstanceMethod("pickAtOnce", &PortForNative::PickAtOnce),
                             InstanceMethod("pickSync", &PortForNative::PickSync),
                             InstanceMethod("pick", &PortForNative::PickAsync),
                             InstanceMethod("scanSync", &PortForNative::ScanSync),
                             InstanceMethod("scan", &PortForNative::ScanAsync),
                             InstanceMethod("setBlocking", &PortForNative::SetBlocking),
                             InstanceMethod("openAbstractSocket", &PortForNative::OpenAbstractSocket),
                             InstanceMethod("endingSignal", &PortForNative::EndingSignal),
                             InstanceMethod("hangUp", &PortForNative::HangUp),
                             InstanceMethod("hangUpBehind", &PortForNative::HangUpBehind),
                             InstanceMethod("descriptorsLeft", &PortForNative::DescriptorsLeft),
                             InstanceMethod("isAdministrator", &PortForNative::IsAdministrator),
                             InstanceMethod("hasTrustedOwner", &PortForNative::HasTrustedOwner),
                             InstanceMethod("tryLock", &PortForNative::TryLock),
                             InstanceMethod("tryLockContent", &PortForNative::TryLockContent),
                             InstanceMethod("holdOffWriters", &PortForNative::HoldOffWriters),
                             InstanceMethod("areWritersHeldOff", &PortForNative::AreWritersHeldOff),
                             InstanceMethod("catchSignals", &PortForNative::CatchSignals),
                             InstanceMethod("relaySignalsTo", &PortForNative::RelaySignalsTo),
                             InstanceMethod("endSignalRelay", &PortForNative::EndSignalRelay),
                         });
    exports.Set("LeaseHandle", lease_class_.Value());
    add_folder_calls(env, exports);
  }

 private:
  Napi::Value EphemeralRanges(const Napi::CallbackInfo& info) {
    return write_ranges(info.Env(), or_throw(info.Env(), ephemeral_ranges()));
  }

  Napi::Value ReservedRanges(const Napi::CallbackInfo& info) {
    return write_ranges(info.Env(), or_throw(info.Env(), reserved_ranges()));
  }

  /** The ends of the ranges, one after the other. */
  static Napi::Value write_ranges(Napi::Env env, const std::vector<PortRange>& ranges) {
    Napi::Array ends = Napi::Array::New(env, 2 * ranges.size());
    for (uint32_t index = 0; index < ranges.size(); index++) {
      ends.Set(2 * index, ranges[index].first);
      ends.Set(2 * index + 1, ranges[index].second);
    }
    return ends;
  }

  Napi::Value GetTablePorts(const Napi::CallbackInfo& info) {
    const Transport transport = read_transport(info[0], "transport");
    const TableStates states = read_states(info[1], "states");
    return write_answer(info.Env(), table_ports(transport, states), write_ports);
  }

  Napi::Value GetTableSockets(const Napi::CallbackInfo& info) {
    const Transport transport = read_transport(info[0], "transport");
    const TableStates states = read_states(info[1], "states");
    const std::optional<PortBits> ports =
        info[2].IsUndefined() ? std::nullopt : std::optional(read_ports(info[2], "ports"));
    auto answer = table_sockets(transport, states);
    auto* sockets = std::get_if<std::vector<TableSocket>>(&answer);
    if (sockets != nullptr && ports) {
      const auto is_other = [&](const TableSocket& socket) { return !ports->has(socket.local.port()); };
      sockets->erase(std::remove_if(sockets->begin(), sockets->end(), is_other), sockets->end());
    }
    return write_answer(info.Env(), answer, write_table_sockets);
  }

  Napi::Value GetSocketOwners(const Napi::CallbackInfo& info) {
    return write_socket_owners(info.Env(), socket_owners(read_owner_keys(info[0], "ownerKeys")));
  }

  Napi::Value FindSocketOwners(const Napi::CallbackInfo& info) {
    return find_socket_owners(info.Env(), read_owner_keys(info[0], "ownerKeys"));
  }

  Napi::Value FindPortOwners(const Napi::CallbackInfo& info) {
    const auto port = static_cast<uint16_t>(read_integer(info[1], "port", 1, UINT16_MAX));
    return find_port_owners(info.Env(), read_transport(info[0], "transport"), port);
  }

  Napi::Value OpenProcess(const Napi::CallbackInfo& info) {
    constexpr int64_t kHighest = std::numeric_limits<int32_t>::max();
    auto answer = ProcessHandle::open(static_cast<uint32_t>(read_integer(info[0], "pid", 1, kHighest)));
    if (const Fault* fault = std::get_if<Fault>(&answer)) {
      if (fault->error == ESRCH || fault->error == ENOSYS) return info.Env().Undefined();
      throw to_error(info.Env(), *fault);
    }
    return Napi::Number::New(info.Env(), processes_.add(std::move(std::get<ProcessHandle>(answer))));
  }

  Napi::Value SignalProcess(const Napi::CallbackInfo& info) {
    const ProcessHandle* process = processes_.find(read_process(info[0]));
    const auto signal = static_cast<int>(read_integer(info[1], "signal", 0, 64));
    const int error = process == nullptr ? ESRCH : process->send(signal);
    if (error != 0 && error != ESRCH) throw to_error(info.Env(), Fault{error, "kill"});
    return Napi::Boolean::New(info.Env(), error == 0);
  }

  Napi::Value ProcessHasEnded(const Napi::CallbackInfo& info) {
    const ProcessHandle* process = processes_.find(read_process(info[0]));
    return Napi::Boolean::New(info.Env(), process == nullptr || process->has_ended());
  }

  void CloseProcess(const Napi::CallbackInfo& info) { processes_.close(read_process(info[0])); }

  static uint32_t read_process(const Napi::Value& value) {
    return static_cast<uint32_t>(read_integer(value, "process", 0, std::numeric_limits<uint32_t>::max()));
  }

  /** What the table tells, as `write` has it; undefined where there is no table. */
  template <typename T>
  static Napi::Value write_answer(Napi::Env env, const Result<T>& answer,
                                  Napi::Value (*write)(Napi::Env, const T&)) {
    if (const T* table = std::get_if<T>(&answer)) return write(env, *table);
    const Fault& fault = std::get<Fault>(answer);
    if (fault.error != kNoTable) throw to_error(env, fault);
    return env.Undefined();
  }

  Napi::Value WatchListeners(const Napi::CallbackInfo& info) {
    SweepPace pace = read_sweep_pace(read_object(info[0], "pace"));
    return watch_listeners(info.Env(), std::move(pace), read_function(info[1], "onChange"));
  }

  Napi::Value WatchProcess(const Napi::CallbackInfo& info) {
    const auto pid = static_cast<int>(read_integer(info[0], "pid", 1, INT_MAX));
    return watch_process(info.Env(), pid, read_function(info[1], "onEnd"));
  }

  Napi::Value IsListening(const Napi::CallbackInfo& info) {
    std::optional<Address> address = Address::parse(read_string(info[0], "address"));
    const int64_t port = read_integer(info[1], "port", 1, UINT16_MAX);
    if (!address) return Napi::Boolean::New(info.Env(), false);
    address->set_port(static_cast<uint16_t>(port));
    const std::optional<bool> answer = ListenerQuestion().ask(*address);
    return answer ? Napi::Boolean::New(info.Env(), *answer) : info.Env().Undefined();
  }

  Napi::Value IsAddress(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), Address::parse(read_string(info[0], "address")).has_value());
  }

  Napi::Value IsLocalAddress(const Napi::CallbackInfo& info) {
    const std::optional<Address> address = Address::parse(read_string(info[0], "address"));
    return Napi::Boolean::New(info.Env(), address && or_throw(info.Env(), machine_has(*address)));
  }

  Napi::Value HasRoute(const Napi::CallbackInfo& info) {
    const std::optional<Address> address = Address::parse(read_string(info[0], "address"));
    return Napi::Boolean::New(info.Env(), address && has_route(*address));
  }

  Napi::Value PickAtOnce(const Napi::CallbackInfo& info) { return picks_.pick_at_once(info); }

  Napi::Value PickSync(const Napi::CallbackInfo& info) { return picks_.pick_now(info); }

  Napi::Value PickAsync(const Napi::CallbackInfo& info) { return picks_.start(info); }

  Napi::Value ScanSync(const Napi::CallbackInfo& info) { return scan_now(info, hang_ups_); }

  Napi::Value ScanAsync(const Napi::CallbackInfo& info) { return start_scan(info, hang_ups_, jobs_); }

  void SetBlocking(const Napi::CallbackInfo& info) {
    const auto descriptor = static_cast<SocketHandle>(read_integer(info[0], "fd", 0, INT_MAX));
    if (const int error = set_blocking(descriptor)) throw to_error(info.Env(), Fault{error, "fcntl"});
  }

  Napi::Value OpenAbstractSocket(const Napi::CallbackInfo& info) {
    const std::string name = read_string(info[0], "name");
    Socket socket = or_throw(info.Env(), open_abstract_socket(name, read_boolean(info[1], "listens")));
    return Napi::Number::New(info.Env(), static_cast<double>(socket.release()));
  }

  Napi::Value EndingSignal(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), ending_signal());
  }

  void HangUp(const Napi::CallbackInfo& info) {
    const auto descriptors = read_list(
        info[0], "descriptors", +[](const Napi::Value& item, const char* name) {
          return static_cast<int>(read_integer(item, name, 0, INT_MAX));
        });
    hang_up(descriptors, std::chrono::milliseconds(read_integer(info[1], "patience", 0, INT_MAX)));
  }

  void HangUpBehind(const Napi::CallbackInfo& info) {
    Socket socket = duplicate_of(static_cast<int>(read_integer(info[0], "descriptor", 0, INT_MAX)));
    if (socket) hang_ups_.add(std::move(socket));
  }

  Napi::Value DescriptorsLeft(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), descriptors_left());
  }

  Napi::Value IsAdministrator(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), is_administrator());
  }

  Napi::Value HasTrustedOwner(const Napi::CallbackInfo& info) {
    const std::optional<bool> answer = has_trusted_owner(read_string(info[0], "path"));
    return answer ? Napi::Boolean::New(info.Env(), *answer) : info.Env().Undefined();
  }

  Napi::Value TryLock(const Napi::CallbackInfo& info) {
    return write_lock(info.Env(), try_lock_file(read_descriptor(info)), "flock");
  }

  Napi::Value TryLockContent(const Napi::CallbackInfo& info) {
    return write_lock(info.Env(),
                      try_lock_content(read_descriptor(info), read_boolean(info[1], "isExclusive")), "fcntl");
  }

  /** Whether a lock was taken, by the error of the attempt. */
  static Napi::Value write_lock(Napi::Env env, int error, const char* call) {
    if (error != 0 && error != EWOULDBLOCK) throw to_error(env, Fault{error, call});
    return Napi::Boolean::New(env, error == 0);
  }

  Napi::Value HoldOffWriters(const Napi::CallbackInfo& info) {
    const int error = hold_off_writers(read_descriptor(info));
    if (error != 0 && error != EWOULDBLOCK) return info.Env().Undefined();
    return Napi::Boolean::New(info.Env(), error == 0);
  }

  Napi::Value AreWritersHeldOff(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), are_writers_held_off(read_descriptor(info)));
  }

  static int read_descriptor(const Napi::CallbackInfo& info) {
    return static_cast<int>(read_integer(info[0], "fd", 0, INT_MAX));
  }

  void CatchSignals(const Napi::CallbackInfo&) { catch_signals(); }

  /** To 0 and below, kill() sends to groups of processes; process 1 is nobody's child. */
  void RelaySignalsTo(const Napi::CallbackInfo& info) {
    relay_signals_to(static_cast<int>(read_integer(info[0], "pid", 2, INT_MAX)));
  }

  void EndSignalRelay(const Napi::CallbackInfo&) { end_signal_relay(); }

  Napi::FunctionReference lease_class_;
  ProcessTable processes_;
  // The jobs end before what they use.
  HangUps hang_ups_;
  Jobs jobs_;
  Picks picks_{lease_class_, hang_ups_, jobs_};
};

NODE_API_ADDON(PortForNative)

}  // namespace

}  // namespace port_for
