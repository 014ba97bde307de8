#pragma once

#include <napi.h>

#include <functional>
#include <utility>

namespace port_for {

/**
 * Calls `clean_up` when the JavaScript environment ends, unless it is destroyed before. Node runs hooks in
 * reverse order: one that ends a thread must be made after the function of JavaScript that the thread calls.
 */
class CleanupHook {
 public:
  CleanupHook(napi_env env, std::function<void()> clean_up) : env_(env), clean_up_(std::move(clean_up)) {
    napi_add_env_cleanup_hook(env_, run, this);
  }
  ~CleanupHook() { napi_remove_env_cleanup_hook(env_, run, this); }
  CleanupHook(const CleanupHook&) = delete;
  CleanupHook& operator=(const CleanupHook&) = delete;

 private:
  static void run(void* hook) { static_cast<CleanupHook*>(hook)->clean_up_(); }

  napi_env env_;
  std::function<void()> clean_up_;
};

}  // namespace port_for
