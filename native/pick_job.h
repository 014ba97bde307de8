#pragma once

#include <napi.h>

#include <optional>

#include "hang_ups.h"
#include "jobs.h"
#include "judge.h"

namespace port_for {

/**
 * The picks of one JavaScript environment. `pick_now` and `start` take what `lib/addon/contract.ts` declares
 * as `PickRequest`, and answer what it declares as `Pick`.
 */
class Picks {
 public:
  /** `lease_class` makes the objects of held ports. */
  Picks(const Napi::FunctionReference& lease_class, HangUps& hang_ups, Jobs& jobs)
      : lease_class_(lease_class), hang_ups_(hang_ups), jobs_(jobs) {}

  /** Picks at once. Throws the kernel's error. */
  Napi::Value pick_now(const Napi::CallbackInfo& info);
  /** Picks one TCP port for every address by a bitmap alone, if that takes no waiting; 0 otherwise. */
  Napi::Value pick_at_once(const Napi::CallbackInfo& info);
  /** Picks on another thread: a job. */
  Napi::Value start(const Napi::CallbackInfo& info);

 private:
  /** Kept from pick to pick, with its connecting sockets: opening them anew would double the time of a pick.
   */
  Judge& usual_judge();

  const Napi::FunctionReference& lease_class_;
  HangUps& hang_ups_;
  Jobs& jobs_;
  std::optional<Judge> usual_judge_;
};

}  // namespace port_for
