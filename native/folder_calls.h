#pragma once

#include <napi.h>

namespace port_for {

/** Adds the calls of `folder_files.h` to what the addon exports. */
void add_folder_calls(Napi::Env env, Napi::Object exports);

}  // namespace port_for
