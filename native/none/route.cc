#include "route.h"

std::optional<bool> leads_here(const Address&) {
  return std::nullopt;
}
