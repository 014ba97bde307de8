#pragma once

#include <napi.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "address.h"
#include "bind_probe.h"
#include "outcome.h"
#include "port_bits.h"
#include "scan.h"
#include "socket_owners.h"
#include "socket_table.h"

namespace port_for {

// Between JavaScript's values and ours. The readers check everything: a value of the wrong kind throws a
// TypeError that calls it by `name`, a number out of its bounds a RangeError. What they return is a copy,
// which no JavaScript can change afterwards.

/** The error for a value that is not what `expected` says. */
Napi::TypeError unexpected(const Napi::Value& value, const char* name, const std::string& expected);

Napi::Object read_object(const Napi::Value& value, const char* name);
Napi::Function read_function(const Napi::Value& value, const char* name);
std::string read_string(const Napi::Value& value, const char* name);
bool read_boolean(const Napi::Value& value, const char* name);
/** A number within the bounds, both included; never NaN. */
double read_number(const Napi::Value& value, const char* name, double low, double high);
/** The same without a fraction. */
int64_t read_integer(const Napi::Value& value, const char* name, int64_t low, int64_t high);

/** Reads a list by `read`, which reads one item of it. */
template <typename Item>
std::vector<Item> read_list(const Napi::Value& value, const char* name,
                            Item (*read)(const Napi::Value&, const char*)) {
  if (!value.IsArray()) throw unexpected(value, name, "an array");
  const auto list = value.As<Napi::Array>();
  std::vector<Item> items;
  for (uint32_t index = 0; index < list.Length(); index++) items.push_back(read(list.Get(index), name));
  return items;
}

/** Reads one of a few words, each with what it means. */
template <typename Meaning>
Meaning read_word(const Napi::Value& value, const char* name,
                  std::initializer_list<std::pair<const char*, Meaning>> words) {
  const std::string word = value.IsString() ? value.As<Napi::String>().Utf8Value() : "";
  std::string expected;
  for (const auto& [known, meaning] : words) {
    if (word == known) return meaning;
    expected += (expected.empty() ? "'" : " or '") + std::string(known) + "'";
  }
  throw unexpected(value, name, expected);
}

/** Reads a bitmap: a `Uint8Array` of 8,192 bytes. No other thread may be able to write it meanwhile. */
PortBits read_ports(const Napi::Value& value, const char* name);
Napi::Value write_ports(Napi::Env env, const PortBits& ports);

/** Reads a list of IP addresses. An empty one means every local address where ports are to be bound. */
std::vector<Address> read_addresses(const Napi::Value& value, const char* name);
Transport read_transport(const Napi::Value& value, const char* name);
/** Reads a list of different transports, one at least. */
std::vector<Transport> read_transports(const Napi::Value& value, const char* name);

TableStates read_states(const Napi::Value& value, const char* name);
/** What `lib/addon/contract.ts` declares as `TableSocket`. */
Napi::Value write_table_sockets(Napi::Env env, const std::vector<TableSocket>& sockets);

/** Reads a list of owner keys. */
std::unordered_set<uint64_t> read_owner_keys(const Napi::Value& value, const char* name);
/** A list of `{ ownerKey, pid, name, command }`. */
Napi::Value write_socket_owners(Napi::Env env, const std::vector<SocketOwner>& owners);

/** `{ free, used, denied, filtered, unreachable }`, five bitmaps; undefined where there was no socket table
 * to ask. */
Napi::Value write_scan_bits(Napi::Env env, const ScanBits& result);

/** The kernel's error as `lib/addon/contract.ts` expects it: `errno` (the C library's) and `syscall`. */
Napi::Error to_error(Napi::Env env, const Fault& fault);

/** The value of `result`; throws its fault. */
template <typename T>
T or_throw(Napi::Env env, Result<T> result) {
  if (const Fault* fault = std::get_if<Fault>(&result)) throw to_error(env, *fault);
  return std::get<T>(std::move(result));
}

}  // namespace port_for
