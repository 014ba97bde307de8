#include "port_bits.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace port_for {

namespace {

// The bit operations of <bit> are C++20; these compile to the same instructions where the processor has them.
unsigned count_ones(uint64_t word) {
  word -= (word >> 1) & 0x5555555555555555;
  word = (word & 0x3333333333333333) + ((word >> 2) & 0x3333333333333333);
  word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0f;
  return static_cast<unsigned>((word * 0x0101010101010101) >> 56);
}

/** The index of the lowest one of a word that has one. */
unsigned lowest_one(uint64_t word) {
  return count_ones((word & (~word + 1)) - 1);
}

/** The first byte is the lowest. Written out, since compilers make one load of it where that is the same. */
uint64_t load_word(const uint8_t* bytes) {
  const auto at = [bytes](unsigned index) { return static_cast<uint64_t>(bytes[index]) << (index * 8); };
  return at(0) | at(1) | at(2) | at(3) | at(4) | at(5) | at(6) | at(7);
}

}  // namespace

PortBits PortBits::from_bytes(const uint8_t* bytes) {
  PortBits bits;
  for (size_t index = 0; index < kWords; index++) bits.words_[index] = load_word(bytes + index * 8);
  return bits;
}

void PortBits::copy_to(uint8_t* bytes) const {
  for (size_t index = 0; index < kBytes; index++) {
    bytes[index] = static_cast<uint8_t>(words_[index / 8] >> (index % 8 * 8));
  }
}

void PortBits::add_range(uint16_t low, uint16_t high) {
  for (uint32_t port = low; port <= high; port++) add(static_cast<uint16_t>(port));
}

void PortBits::add_all(const PortBits& other) {
  std::transform(words_.begin(), words_.end(), other.words_.begin(), words_.begin(),
                 [](uint64_t mine, uint64_t theirs) { return mine | theirs; });
}

void PortBits::keep_only(const PortBits& other) {
  std::transform(words_.begin(), words_.end(), other.words_.begin(), words_.begin(),
                 [](uint64_t mine, uint64_t theirs) { return mine & theirs; });
}

void PortBits::remove_all(const PortBits& other) {
  std::transform(words_.begin(), words_.end(), other.words_.begin(), words_.begin(),
                 [](uint64_t mine, uint64_t theirs) { return mine & ~theirs; });
}

size_t PortBits::count() const {
  return std::accumulate(words_.begin(), words_.end(), size_t{0},
                         [](size_t sum, uint64_t word) { return sum + count_ones(word); });
}

uint16_t PortBits::nth(size_t rank) const {
  size_t index = 0;
  for (size_t here = count_ones(words_[0]); here <= rank; here = count_ones(words_[index])) {
    rank -= here;
    index++;
  }
  uint64_t word = words_[index];
  for (; rank > 0; rank--) word &= word - 1;
  return static_cast<uint16_t>(index * 64 + lowest_one(word));
}

std::vector<uint16_t> PortBits::to_vector() const {
  std::vector<uint16_t> ports;
  ports.reserve(count());
  for (size_t index = 0; index < kWords; index++) {
    for (uint64_t word = words_[index]; word != 0; word &= word - 1) {
      ports.push_back(static_cast<uint16_t>(index * 64 + lowest_one(word)));
    }
  }
  return ports;
}

}  // namespace port_for
