#include "random_seed.h"

#include <cstdlib>

namespace port_for {

Result<uint64_t> random_seed() {
  uint64_t seed;
  arc4random_buf(&seed, sizeof seed);
  return seed;
}

}  // namespace port_for
