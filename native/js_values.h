#pragma once

#include <napi.h>

#include <string>
#include <vector>

#include "address.h"
#include "bind_probe.h"
#include "outcome.h"
#include "port_bits.h"
#include "scan.h"
#include "socket_table.h"

// Between JavaScript's values and ours. Arguments were checked in TypeScript: what is read here is what was
// promised.

PortBits read_ports(const Napi::Value& value);
Napi::Value write_ports(Napi::Env env, const PortBits& ports);

/** Reads a list of IP addresses; an empty list stands for every local address where a bind target is meant.
 */
std::vector<Address> read_addresses(const Napi::Value& value);
std::vector<Transport> read_transports(const Napi::Value& value);
Transport read_transport(const Napi::Value& value);

TableStates read_states(const Napi::Value& value);
/** A list of `{ address, port, listens, inode }`. */
Napi::Value write_table_sockets(Napi::Env env, const std::vector<TableSocket>& sockets);

/** `{ free, used, denied, filtered }`, four bitmaps; undefined where there was no socket table to ask. */
Napi::Value write_scan_result(Napi::Env env, const ScanResult& result);

/** The kernel's error as `lib/addon/contract.ts` expects it: `errno` (the C library's) and `syscall`. */
Napi::Error to_error(Napi::Env env, const Fault& fault);
