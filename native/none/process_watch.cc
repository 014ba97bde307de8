#include "process_watch.h"

namespace port_for {

Napi::Value watch_process(Napi::Env env, int, const Napi::Function&) {
  return env.Undefined();
}

}  // namespace port_for
