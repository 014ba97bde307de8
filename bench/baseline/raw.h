#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

// What the addon asks of the kernel, in plain C: what a measurement of the addon is to be compared with.

enum { FIRST_PORT = 1, LAST_PORT = 65535 };

/** Nanoseconds of a clock that only goes forward. */
int64_t now(void);

/** Prints what went wrong in `call`, with errno, and ends the process. */
_Noreturn void die(const char* call);

struct sockaddr_in loopback_v4(uint16_t port);
struct sockaddr_in6 loopback_v6(uint16_t port);

/** A socket that is bound to `address`, for IPv6's wildcard to that of both families; -1 when the port is
 * used. */
int bind_to(const struct sockaddr* address, socklen_t size);
/** The same for the wildcard of both families. */
int bind_dual_stack(uint16_t port);

/** Whether a connection is refused. The socket is used again after a refusal, else opened anew. */
bool is_refused(int* socket, const struct sockaddr* address, socklen_t size);

// The measurements. Each does the whole work once and returns the nanoseconds that it took.

/** Binds to every port at every local address. */
int64_t measure_bind(int threads);
/** Connects to every port of 127.0.0.1. */
int64_t measure_connect(int threads);
/** Binds to every port of 127.0.0.1, and connects to it while it is bound. */
int64_t measure_both(int threads);
/** The median of `count` picks. */
int64_t measure_pick(int count);
/** `count` picks that stay held. */
int64_t measure_leases(int count);
/** `count` sweeps of the socket table. */
int64_t measure_table(int count);

/**
 * Listens on `count` ports that are free, the first from `low` on and each `step` above the last, says how
 * many on standard output, and holds them until standard input ends.
 */
void occupy(int low, int count, int step);

/** Makes `count` idle processes with four descriptors each, says how many descriptors, and ends them with its input. */
void make_processes(int count);

/**
 * Joins two network namespaces, by the paths of their files, by a wire on which a packet takes `delay`
 * nanoseconds: a device named `remote` in each. Says so on standard output, and lasts until standard input
 * ends.
 */
void join(const char* near, const char* far, int64_t delay);
