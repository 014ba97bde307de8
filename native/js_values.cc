#include "js_values.h"

#include <cmath>
#include <cstring>
#include <optional>

namespace port_for {

namespace {

/** The highest whole number that JavaScript tells from its neighbours (`Number.MAX_SAFE_INTEGER`). */
constexpr int64_t kMostExact = (int64_t{1} << 53) - 1;

/** How a message shows a value: text in quotes and not at length, of an object no more than what it is. */
std::string show(const Napi::Value& value) {
  constexpr size_t kMostBytes = 80;
  if (value.IsObject() || value.IsExternal()) {
    return value.IsFunction() ? "a function" : value.IsArray() ? "an array" : "an object";
  }
  if (value.IsSymbol()) return "a symbol";
  const std::string text = value.ToString();
  if (text.size() > kMostBytes) return "a text of " + std::to_string(text.size()) + " bytes";
  return value.IsString() ? '"' + text + '"' : text;
}

uint64_t read_owner_key(const Napi::Value& value, const char* name) {
  return static_cast<uint64_t>(read_integer(value, name, 1, kMostExact));
}

const char* name_of(SocketState state) {
  switch (state) {
    case SocketState::kListen:
      return "listen";
    case SocketState::kEstablished:
      return "established";
    case SocketState::kSynSent:
      return "syn-sent";
    case SocketState::kSynReceived:
      return "syn-received";
    case SocketState::kFinWait1:
      return "fin-wait-1";
    case SocketState::kFinWait2:
      return "fin-wait-2";
    case SocketState::kTimeWait:
      return "time-wait";
    case SocketState::kCloseWait:
      return "close-wait";
    case SocketState::kLastAck:
      return "last-ack";
    case SocketState::kClosing:
      return "closing";
    case SocketState::kUnconnected:
      return "unconnected";
    case SocketState::kBound:
      break;
  }
  return "bound";
}

Address read_address(const Napi::Value& value, const char* name) {
  const std::optional<Address> address = Address::parse(read_string(value, name));
  // None would mean every address, which nobody asked for.
  if (!address) throw unexpected(value, name, "IP addresses");
  return *address;
}

}  // namespace

Napi::TypeError unexpected(const Napi::Value& value, const char* name, const std::string& expected) {
  return Napi::TypeError::New(value.Env(),
                              std::string(name) + ": expected " + expected + ", not " + show(value));
}

Napi::Object read_object(const Napi::Value& value, const char* name) {
  if (!value.IsObject()) throw unexpected(value, name, "an object");
  return value.As<Napi::Object>();
}

Napi::Function read_function(const Napi::Value& value, const char* name) {
  if (!value.IsFunction()) throw unexpected(value, name, "a function");
  return value.As<Napi::Function>();
}

std::string read_string(const Napi::Value& value, const char* name) {
  if (!value.IsString()) throw unexpected(value, name, "a string");
  return value.As<Napi::String>();
}

bool read_boolean(const Napi::Value& value, const char* name) {
  if (!value.IsBoolean()) throw unexpected(value, name, "true or false");
  return value.As<Napi::Boolean>();
}

double read_number(const Napi::Value& value, const char* name, double low, double high) {
  if (!value.IsNumber()) throw unexpected(value, name, "a number");
  const double number = value.As<Napi::Number>();
  if (low <= number && number <= high) return number;
  const auto show_bound = [&](double bound) { return show(Napi::Number::New(value.Env(), bound)); };
  throw Napi::RangeError::New(value.Env(), std::string(name) + ": expected " + show_bound(low) + " to " +
                                               show_bound(high) + ", not " + show(value));
}

int64_t read_integer(const Napi::Value& value, const char* name, int64_t low, int64_t high) {
  const double number = read_number(value, name, static_cast<double>(low), static_cast<double>(high));
  if (number == std::trunc(number)) return static_cast<int64_t>(number);
  throw Napi::RangeError::New(value.Env(), std::string(name) + ": expected no fraction, not " + show(value));
}

PortBits read_ports(const Napi::Value& value, const char* name) {
  const auto refuse = [&] {
    return unexpected(value, name,
                      "a Uint8Array of " + std::to_string(PortBits::kBytes) + " bytes that no thread shares");
  };
  if (!value.IsTypedArray()) throw refuse();
  const auto array = value.As<Napi::TypedArray>();
  // An array whose buffer was transferred, or shrank, has no bytes.
  if (array.TypedArrayType() != napi_uint8_array || array.ByteLength() != PortBits::kBytes) throw refuse();
  if (!array.ArrayBuffer().IsArrayBuffer()) throw refuse();
  return PortBits::from_bytes(array.As<Napi::Uint8Array>().Data());
}

Napi::Value write_ports(Napi::Env env, const PortBits& ports) {
  Napi::Uint8Array bytes = Napi::Uint8Array::New(env, PortBits::kBytes);
  ports.copy_to(bytes.Data());
  return bytes;
}

std::vector<Address> read_addresses(const Napi::Value& value, const char* name) {
  return read_list(value, name, read_address);
}

Transport read_transport(const Napi::Value& value, const char* name) {
  return read_word<Transport>(value, name, {{"tcp", Transport::kTcp}, {"udp", Transport::kUdp}});
}

std::vector<Transport> read_transports(const Napi::Value& value, const char* name) {
  const std::vector<Transport> transports = read_list(value, name, read_transport);
  const bool is_one_or_both =
      transports.size() == 1 || (transports.size() == 2 && transports[0] != transports[1]);
  if (!is_one_or_both) throw unexpected(value, name, "one transport, or both");
  return transports;
}

TableStates read_states(const Napi::Value& value, const char* name) {
  return read_word<TableStates>(value, name, {{"all", TableStates::kAll}, {"listen", TableStates::kListen}});
}

Napi::Value write_table_sockets(Napi::Env env, const std::vector<TableSocket>& sockets) {
  Napi::Array list = Napi::Array::New(env, sockets.size());
  for (uint32_t index = 0; index < sockets.size(); index++) {
    const TableSocket& socket = sockets[index];
    Napi::Object object = Napi::Object::New(env);
    object.Set("address", socket.local.to_string());
    object.Set("port", Napi::Number::New(env, socket.local.port()));
    object.Set("listens", Napi::Boolean::New(env, socket.listens));
    object.Set("state", name_of(socket.state));
    if (socket.remote) {
      object.Set("remoteAddress", socket.remote->to_string());
      object.Set("remotePort", Napi::Number::New(env, socket.remote->port()));
    }
    if (socket.user_id) object.Set("userId", Napi::Number::New(env, *socket.user_id));
    if (socket.is_v6_only) object.Set("isV6Only", Napi::Boolean::New(env, true));
    if (socket.lingers_ms > 0) object.Set("lingersFor", Napi::Number::New(env, socket.lingers_ms));
    object.Set("hasProcess", Napi::Boolean::New(env, socket.has_process()));
    object.Set("ownerKey", Napi::Number::New(env, static_cast<double>(socket.owner_key)));
    list.Set(index, object);
  }
  return list;
}

std::unordered_set<uint64_t> read_owner_keys(const Napi::Value& value, const char* name) {
  const std::vector<uint64_t> keys = read_list(value, name, read_owner_key);
  return {keys.begin(), keys.end()};
}

Napi::Value write_socket_owners(Napi::Env env, const std::vector<SocketOwner>& owners) {
  Napi::Array list = Napi::Array::New(env, owners.size());
  for (uint32_t index = 0; index < owners.size(); index++) {
    const SocketOwner& owner = owners[index];
    Napi::Object object = Napi::Object::New(env);
    object.Set("ownerKey", Napi::Number::New(env, static_cast<double>(owner.owner_key)));
    object.Set("pid", Napi::Number::New(env, owner.pid));
    object.Set("name", owner.name);
    object.Set("command", owner.command);
    list.Set(index, object);
  }
  return list;
}

Napi::Value write_scan_bits(Napi::Env env, const ScanBits& result) {
  if (result.cannot_ask) return env.Undefined();
  Napi::Object object = Napi::Object::New(env);
  object.Set("free", write_ports(env, result.free));
  object.Set("used", write_ports(env, result.used));
  object.Set("denied", write_ports(env, result.denied));
  object.Set("filtered", write_ports(env, result.filtered));
  object.Set("unreachable", write_ports(env, result.unreachable));
  return object;
}

Napi::Error to_error(Napi::Env env, const Fault& fault) {
  Napi::Error error = Napi::Error::New(env, std::string(fault.call) + ": " + std::strerror(fault.error));
  error.Set("errno", Napi::Number::New(env, fault.error));
  error.Set("syscall", Napi::String::New(env, fault.call));
  return error;
}

}  // namespace port_for
