// Makes the addon's calls of the C library fail that hardly ever fail: loaded by LD_PRELOAD, and told which by
// FAIL_CALLS="NAME ERRNO FIRST-LAST", the calls of that name counted from 1.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>

/** Whether a library is the addon: one that was built here, or a prebuilt one. */
static int is_addon(const char *path) {
  const char *slash = strrchr(path, '/');
  const char *name = slash == NULL ? path : slash + 1;
  return strncmp(name, "port_for_native", 15) == 0 || strncmp(name, "port-for-native", 15) == 0;
}

/** The error that the call of `name` from `caller` has to end with; 0 for none. */
static int error_of(const char *name, const void *caller) {
  static atomic_long count;
  const char *plan = getenv("FAIL_CALLS");
  char planned[32];
  int error;
  long first, last;
  if (plan == NULL || sscanf(plan, "%31s %d %ld-%ld", planned, &error, &first, &last) != 4) return 0;
  Dl_info library;
  if (strcmp(planned, name) != 0 || dladdr(caller, &library) == 0) return 0;
  if (!is_addon(library.dli_fname)) return 0;
  const long number = atomic_fetch_add(&count, 1) + 1;
  return first <= number && number <= last ? error : 0;
}

#define ERROR_OF(call) error_of(#call, __builtin_return_address(0))
#define REAL(call) ((__typeof__(&call))dlsym(RTLD_NEXT, #call))

static int fail(int error) {
  errno = error;
  return -1;
}

int socket(int domain, int type, int protocol) {
  const int error = ERROR_OF(socket);
  return error ? fail(error) : REAL(socket)(domain, type, protocol);
}

int bind(int socket, const struct sockaddr *address, socklen_t length) {
  const int error = ERROR_OF(bind);
  return error ? fail(error) : REAL(bind)(socket, address, length);
}

int connect(int socket, const struct sockaddr *address, socklen_t length) {
  const int error = ERROR_OF(connect);
  return error ? fail(error) : REAL(connect)(socket, address, length);
}

int getpeername(int socket, struct sockaddr *restrict address, socklen_t *restrict length) {
  const int error = ERROR_OF(getpeername);
  return error ? fail(error) : REAL(getpeername)(socket, address, length);
}

ssize_t recv(int socket, void *bytes, size_t length, int flags) {
  const int error = ERROR_OF(recv);
  return error ? fail(error) : REAL(recv)(socket, bytes, length, flags);
}

#define DEFINE_OPEN(symbol)                                                            \
  int symbol(const char *path, int flags, ...) {                                       \
    va_list more;                                                                      \
    va_start(more, flags);                                                             \
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0;    \
    va_end(more);                                                                      \
    const int error = ERROR_OF(open);                                                  \
    return error ? fail(error) : REAL(symbol)(path, flags, mode);                      \
  }

// A C library with large files by default has one of them, and glibc calls the other where they are asked for.
DEFINE_OPEN(open)
DEFINE_OPEN(open64)

int flock(int file, int operation) {
  const int error = ERROR_OF(flock);
  return error ? fail(error) : REAL(flock)(file, operation);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument) {
  const int error = ERROR_OF(pthread_create);
  return error ? error : REAL(pthread_create)(thread, attributes, run, argument);
}
