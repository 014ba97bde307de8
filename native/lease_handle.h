#pragma once

#include <napi.h>

#include "bind_probe.h"

namespace port_for {

/**
 * What JavaScript has of a held port; `lib/addon/contract.ts` says what its methods do. It lets the port go
 * when it is collected, at the latest when its environment ends: a worker thread that ends leaves nothing
 * held.
 */
class LeaseHandle : public Napi::ObjectWrap<LeaseHandle> {
 public:
  static Napi::Function define(Napi::Env env);
  /** A new object of the class that `define` made, which holds `held`. */
  static Napi::Object make(const Napi::FunctionReference& lease_class, HeldPort held);

  explicit LeaseHandle(const Napi::CallbackInfo& info) : ObjectWrap(info) {}

 private:
  Napi::Value Holds(const Napi::CallbackInfo& info);
  Napi::Value Descriptors(const Napi::CallbackInfo& info);
  Napi::Value Take(const Napi::CallbackInfo& info);
  void Release(const Napi::CallbackInfo& info);
  Napi::Value OpenServer(const Napi::CallbackInfo& info);
  void EndListening(const Napi::CallbackInfo& info);
  void Activate(const Napi::CallbackInfo& info);

  HeldPort held_;
};

}  // namespace port_for
