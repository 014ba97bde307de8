#include "keep_loaded.h"

#include <dlfcn.h>

namespace port_for {

void keep_loaded() {
  Dl_info addon{};
  if (dladdr(reinterpret_cast<void*>(&keep_loaded), &addon) == 0) return;
  void* const handle = dlopen(addon.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  if (handle != nullptr) dlclose(handle);
}

}  // namespace port_for
