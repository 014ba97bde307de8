#include "lease_handle.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "js_values.h"
#include "server_socket.h"

namespace port_for {

namespace {

/** Which sockets of a lease a call is about: those of the transport that it names, or all. */
class Choice {
 public:
  explicit Choice(const Napi::Value& value) {
    if (!value.IsUndefined()) transport_ = read_transport(value, "transport");
  }

  bool operator()(const HeldSocket& socket) const { return !transport_ || socket.transport == *transport_; }

 private:
  std::optional<Transport> transport_;
};

void make_usable_or_throw(Napi::Env env, Socket& socket) {
  if (const int error = make_usable(socket)) throw to_error(env, Fault{error, "bind"});
}

/** Windows counts its sockets by handles that fit into a JavaScript number too. */
Napi::Value write_descriptor(Napi::Env env, SocketHandle handle) {
  return Napi::Number::New(env, static_cast<double>(handle));
}

/** `{ fd, way }`: the socket is the caller's. */
Napi::Value write_server_socket(Napi::Env env, ServerSocket server) {
  Napi::Object object = Napi::Object::New(env);
  const char* const ways[] = {"held", "kept", "gate"};
  object.Set("way", ways[static_cast<int>(server.way)]);
  object.Set("fd", write_descriptor(env, server.socket.handle()));
  server.socket.release();
  return object;
}

}  // namespace

Napi::Function LeaseHandle::define(Napi::Env env) {
  // As the methods of any class, they can be wrapped: lib/addon/addon.ts does so.
  constexpr napi_property_attributes kMethod = napi_default_method;
  return DefineClass(env, "LeaseHandle",
                     {
                         InstanceMethod("holds", &LeaseHandle::Holds, kMethod),
                         InstanceMethod("descriptors", &LeaseHandle::Descriptors, kMethod),
                         InstanceMethod("take", &LeaseHandle::Take, kMethod),
                         InstanceMethod("release", &LeaseHandle::Release, kMethod),
                         InstanceMethod("openServer", &LeaseHandle::OpenServer, kMethod),
                         InstanceMethod("endListening", &LeaseHandle::EndListening, kMethod),
                         InstanceMethod("activate", &LeaseHandle::Activate, kMethod),
                     });
}

Napi::Object LeaseHandle::make(const Napi::FunctionReference& lease_class, HeldPort held) {
  Napi::Object handle = lease_class.New({});
  Unwrap(handle)->held_ = std::move(held);
  return handle;
}

Napi::Value LeaseHandle::Holds(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), std::any_of(held_.begin(), held_.end(), Choice(info[0])));
}

Napi::Value LeaseHandle::Descriptors(const Napi::CallbackInfo& info) {
  const Choice is_chosen(info[0]);
  Napi::Array descriptors = Napi::Array::New(info.Env());
  for (HeldSocket& one : held_) {
    if (!is_chosen(one)) continue;
    make_usable_or_throw(info.Env(), one.socket);
    descriptors.Set(descriptors.Length(), write_descriptor(info.Env(), one.socket.handle()));
  }
  return descriptors;
}

Napi::Value LeaseHandle::Take(const Napi::CallbackInfo& info) {
  const Transport transport = read_transport(info[0], "transport");
  const auto is_of = [transport](const HeldSocket& one) { return one.transport == transport; };
  const auto found = std::find_if(held_.begin(), held_.end(), is_of);
  if (found == held_.end()) return info.Env().Undefined();
  make_usable_or_throw(info.Env(), found->socket);
  Napi::Value descriptor = write_descriptor(info.Env(), found->socket.handle());
  found->socket.release();
  held_.erase(found);
  return descriptor;
}

void LeaseHandle::Release(const Napi::CallbackInfo& info) {
  held_.erase(std::remove_if(held_.begin(), held_.end(), Choice(info[0])), held_.end());
}

Napi::Value LeaseHandle::OpenServer(const Napi::CallbackInfo& info) {
  const Transport transport = read_transport(info[0], "transport");
  const std::optional<Address> address = Address::parse(read_string(info[1], "address"));
  const bool is_ipv6_only = read_boolean(info[2], "isIpv6Only");
  return write_server_socket(
      info.Env(), or_throw(info.Env(), open_server_socket(held_, transport, address ? &*address : nullptr,
                                                          is_ipv6_only)));
}

void LeaseHandle::EndListening(const Napi::CallbackInfo&) {
  end_listening(held_);
}

void LeaseHandle::Activate(const Napi::CallbackInfo& info) {
  if (const int error = activate(held_)) throw to_error(info.Env(), Fault{error, "listen"});
}

}  // namespace port_for
