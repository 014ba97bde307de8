#pragma once

#include <napi.h>

#include <memory>
#include <optional>
#include <utility>

#include "cleanup_hook.h"

namespace port_for {

/**
 * The JavaScript function that the thread of a watch calls. `Watch` has three methods:
 *
 * - `start(tell, end)` starts the thread and returns a fault if there can be none. The thread calls `tell`
 * for each piece of news, and `end` as its last act.
 * - `join()` stops the thread and waits for its end. It does nothing if that was done.
 * - `call(env, function)` runs on the JavaScript thread after a `tell` and passes the news to the function.
 * One call is under way at most, so each passes all that is new.
 */
template <typename Watch>
class WatchListener {
 public:
  /**
   * Starts `watch`; false if there can be no thread. It keeps no process alive. Its thread ends with the
   * environment.
   */
  static bool start(Napi::Env env, const char* name, const Napi::Function& function,
                    const std::shared_ptr<Watch>& watch) {
    auto* context = new Context{watch, std::nullopt};
    Listener listener = Listener::New(env, function, name, 1, 1, context, forget);
    listener.Unref(env);
    const auto tell = [listener] { listener.NonBlockingCall(); };
    const auto end = [listener]() mutable { listener.Release(); };
    if (watch->start(tell, end)) {
      listener.Release();
      return false;
    }
    // Hooks run in reverse order: the thread ends before the environment takes down the function that it
    // calls.
    context->at_end.emplace(env, [watch] { watch->join(); });
    return true;
  }

 private:
  struct Context {
    std::shared_ptr<Watch> watch;
    std::optional<CleanupHook> at_end;
  };

  static void call(Napi::Env env, Napi::Function function, Context* context, void*) {
    if (env == nullptr) return;
    const Napi::HandleScope scope(env);
    context->watch->call(env, function);
  }

  /** Runs after the thread has let go of the function, so that nobody waits for the thread's last look. */
  static void forget(Napi::Env, void*, Context* context) {
    context->watch->join();
    delete context;
  }

  using Listener = Napi::TypedThreadSafeFunction<Context, void, call>;
};

}  // namespace port_for
