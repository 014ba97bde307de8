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
  /** A rest is at least so many times what the last look at all addresses took. */
  double rest_per_sweep;
};

/** Reads what `lib/addon/contract.ts` declares as `SweepPace`. */
SweepPace read_sweep_pace(const Napi::Object& pace);

/**
 * Looks again and again, on a thread of its own, whether somebody listens at TCP addresses of this machine.
 * The thread is punctual to less than a millisecond, costs less than a timer of JavaScript and leaves the
 * event loop alone. Calls `on_change` with a list of `id, state` pairs after the first look at an address and
 * whenever it differs: 1 somebody listens, 0 nobody does, -1 it cannot be told. Returns `{ add(id, address,
 * port), remove(id), hurry(), stop() }`, or undefined where no thread can be had. Keeps no process alive, and
 * ends with the environment.
 */
Napi::Value watch_listeners(Napi::Env env, SweepPace pace, const Napi::Function& on_change);

}  // namespace port_for
