#define _CRT_RAND_S  // Declares rand_s.
#include <stdlib.h>

#include "random_seed.h"

namespace port_for {

Result<uint64_t> random_seed() {
  unsigned high;
  unsigned low;
  for (unsigned* half : {&high, &low}) {
    if (const int error = rand_s(half)) return Fault{error, "rand_s"};
  }
  return uint64_t{high} << 32 | low;
}

}  // namespace port_for
