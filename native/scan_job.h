#pragma once

#include <napi.h>

#include "hang_ups.h"
#include "jobs.h"

namespace port_for {

/** Does the scan that `lib/addon/contract.ts` declares as `ScanRequest` at once. Throws the kernel's error.
 */
Napi::Value scan_now(const Napi::CallbackInfo& info, HangUps& hang_ups);

/** The same on another thread: a job. */
Napi::Value start_scan(const Napi::CallbackInfo& info, HangUps& hang_ups, Jobs& jobs);

}  // namespace port_for
