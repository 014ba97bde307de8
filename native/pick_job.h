#pragma once

#include <napi.h>

#include <optional>

#include "hang_ups.h"
#include "jobs.h"
#include "judge.h"
#include "lease_table.h"

namespace port_for {

/**
 * The picks of one JavaScript environment. Both calls take what `lib/addon/contract.ts` declares as
 * `PickRequest`, and answer what it declares as `Pick`.
 */
class Picks {
 public:
  Picks(LeaseTable& leases, HangUps& hang_ups, Jobs& jobs)
      : leases_(leases), hang_ups_(hang_ups), jobs_(jobs) {}

  /** Picks at once. Throws the kernel's error. */
  Napi::Value pick_now(const Napi::CallbackInfo& info);
  /** Picks on another thread: a job. */
  Napi::Value start(const Napi::CallbackInfo& info);

 private:
  /** Kept from pick to pick, with its connecting sockets: opening them anew would double the time of a pick.
   */
  Judge& usual_judge();

  LeaseTable& leases_;
  HangUps& hang_ups_;
  Jobs& jobs_;
  std::optional<Judge> usual_judge_;
};

}  // namespace port_for
