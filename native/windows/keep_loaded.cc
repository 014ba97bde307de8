#include "keep_loaded.h"

#include <windows.h>

namespace port_for {

void keep_loaded() {
  HMODULE addon = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                     reinterpret_cast<LPCWSTR>(&keep_loaded), &addon);
}

}  // namespace port_for
