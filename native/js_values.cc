#include "js_values.h"

#include <cstring>

PortBits read_ports(const Napi::Value& value) {
  return PortBits::from_bytes(value.As<Napi::Uint8Array>().Data());
}

Napi::Value write_ports(Napi::Env env, const PortBits& ports) {
  Napi::Uint8Array bytes = Napi::Uint8Array::New(env, PortBits::kBytes);
  ports.copy_to(bytes.Data());
  return bytes;
}

std::vector<Address> read_addresses(const Napi::Value& value) {
  const auto list = value.As<Napi::Array>();
  std::vector<Address> addresses;
  for (uint32_t index = 0; index < list.Length(); index++) {
    const std::string text = list.Get(index).As<Napi::String>();
    const std::optional<Address> address = Address::parse(text);
    // None would mean every address, which nobody asked for.
    if (!address) throw Napi::Error::New(value.Env(), text + " is no address");
    addresses.push_back(*address);
  }
  return addresses;
}

Transport read_transport(const Napi::Value& value) {
  return value.As<Napi::String>().Utf8Value() == "udp" ? Transport::kUdp : Transport::kTcp;
}

std::vector<Transport> read_transports(const Napi::Value& value) {
  const auto list = value.As<Napi::Array>();
  std::vector<Transport> transports;
  for (uint32_t index = 0; index < list.Length(); index++)
    transports.push_back(read_transport(list.Get(index)));
  return transports;
}

TableStates read_states(const Napi::Value& value) {
  return value.As<Napi::String>().Utf8Value() == "listen" ? TableStates::kListen : TableStates::kAll;
}

Napi::Value write_table_sockets(Napi::Env env, const std::vector<TableSocket>& sockets) {
  Napi::Array list = Napi::Array::New(env, sockets.size());
  for (uint32_t index = 0; index < sockets.size(); index++) {
    const TableSocket& socket = sockets[index];
    Napi::Object object = Napi::Object::New(env);
    object.Set("address", socket.local.to_string());
    object.Set("port", Napi::Number::New(env, socket.local.port()));
    object.Set("listens", Napi::Boolean::New(env, socket.listens));
    object.Set("inode", Napi::Number::New(env, static_cast<double>(socket.owner_key)));
    list.Set(index, object);
  }
  return list;
}

Napi::Value write_scan_result(Napi::Env env, const ScanResult& result) {
  if (result.is_missing) return env.Undefined();
  Napi::Object object = Napi::Object::New(env);
  object.Set("free", write_ports(env, result.free));
  object.Set("used", write_ports(env, result.used));
  object.Set("denied", write_ports(env, result.denied));
  object.Set("filtered", write_ports(env, result.filtered));
  return object;
}

Napi::Error to_error(Napi::Env env, const Fault& fault) {
  Napi::Error error = Napi::Error::New(env, std::string(fault.call) + ": " + std::strerror(fault.error));
  error.Set("errno", Napi::Number::New(env, fault.error));
  error.Set("syscall", Napi::String::New(env, fault.call));
  return error;
}
