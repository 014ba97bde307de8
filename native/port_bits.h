#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace port_for {

/**
 * A set of ports as a bitmap, one bit a port, byte for byte what JavaScript hands over: bit 0 of byte 0 is
 * port 0. Works on 64 bits at a time, so counting all ports or finding the n-th of them costs well under a
 * microsecond.
 */
class PortBits {
 public:
  static constexpr size_t kBytes = 65536 / 8;

  PortBits() = default;

  static PortBits from_bytes(const uint8_t* bytes);
  void copy_to(uint8_t* bytes) const;

  bool has(uint16_t port) const { return (words_[port >> 6] >> (port & 63)) & 1; }
  void add(uint16_t port) { words_[port >> 6] |= uint64_t{1} << (port & 63); }
  void add_range(uint16_t low, uint16_t high);
  void remove(uint16_t port) { words_[port >> 6] &= ~(uint64_t{1} << (port & 63)); }

  void add_all(const PortBits& other);
  void keep_only(const PortBits& other);
  void remove_all(const PortBits& other);

  bool operator==(const PortBits& other) const { return words_ == other.words_; }
  bool operator!=(const PortBits& other) const { return words_ != other.words_; }

  size_t count() const;
  /** The port with `rank` members below it; `rank` must be less than `count()`. */
  uint16_t nth(size_t rank) const;
  /** The members in ascending order. */
  std::vector<uint16_t> to_vector() const;

 private:
  static constexpr size_t kWords = 65536 / 64;
  std::array<uint64_t, kWords> words_{};
};

}  // namespace port_for
