#pragma once

#include <napi.h>

#include <chrono>
#include <vector>

namespace port_for {

/** How long to rest between two sweeps, by the time since the watch began or was hurried last. */
struct SweepPace {
  using Milliseconds = std::chrono::duration<double, std::milli>;
  struct Step {
    Milliseconds until;
    Milliseconds rest;
  };

  /** In ascending order; the last one is for ever. */
  std::vector<Step> steps;
  /** A rest is at least so many times what the sweep took. */
  double rest_per_sweep;
};

/** Reads what `lib/addon/contract.ts` declares as `SweepPace`. */
SweepPace read_sweep_pace(const Napi::Object& pace);

/**
 * Sweeps the listening TCP ports again and again on a thread of its own, which is punctual to less than a
 * millisecond, costs less than a timer of JavaScript and leaves the event loop alone. Calls `on_change` with
 * the bitmap after the first sweep and whenever it differs, without where there is no table. Returns
 * `{ hurry(), stop() }`, or undefined where no thread can be had. Keeps no process alive, and ends with the
 * environment.
 */
Napi::Value watch_listeners(Napi::Env env, SweepPace pace, const Napi::Function& on_change);

}  // namespace port_for
