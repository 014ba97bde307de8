// Makes calls of the C library fail that hardly ever fail: loaded by LD_PRELOAD. Those of the addon count, and those that
// write files, of Node.js too.
//
// FAIL_CALLS="NAME ERRNO FIRST-LAST;...": the calls of that name fail, counted from 1; up to four such plans.
// FAIL_PLAN="ROUND NUMBER CHOICE": the call of that number fails, of whatever name, counted from 1 in each round, with the
// first or second of the errors that it may have (0, 1). Its name is appended to the file FAIL_LOG. A process may change
// its own plan.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define REAL(call) ((__typeof__(&call))dlsym(RTLD_NEXT, #call))

/** Whether a library is the addon: one that was built here, or a prebuilt one. */
static int is_addon(const char *path) {
  const char *slash = strrchr(path, '/');
  const char *name = slash == NULL ? path : slash + 1;
  return strncmp(name, "port_for_native", 15) == 0 || strncmp(name, "port-for-native", 15) == 0;
}

static int is_from_addon(const void *caller) {
  Dl_info library;
  return dladdr(caller, &library) != 0 && is_addon(library.dli_fname);
}

/** The error that the call of `name` has to end with by FAIL_CALLS; 0 for none. */
static int called_error(const char *name) {
  enum { MOST = 4 };
  static atomic_long counts[MOST];
  const char *plan = getenv("FAIL_CALLS");
  int result = 0;
  for (int index = 0; index < MOST && plan != NULL; index++) {
    char planned[32];
    int error;
    long first, last;
    if (sscanf(plan, "%31s %d %ld-%ld", planned, &error, &first, &last) == 4 && strcmp(planned, name) == 0) {
      const long number = atomic_fetch_add(&counts[index], 1) + 1;
      if (first <= number && number <= last) result = error;
    }
    plan = strchr(plan, ';');
    if (plan != NULL) plan++;
  }
  return result;
}

static void log_name(const char *name) {
  const char *path = getenv("FAIL_LOG");
  if (path == NULL) return;
  const int log = REAL(open64)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) return;
  char line[40];
  const int length = snprintf(line, sizeof line, "%s\n", name);
  if (REAL(write)(log, line, (size_t)length) < 0) perror("FAIL_LOG");
  close(log);
}

/** The same by FAIL_PLAN. */
static int planned_error(const char *name, int one, int other) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  static long round = 0, count = 0;
  const char *plan = getenv("FAIL_PLAN");
  long planned_round, planned;
  int choice;
  if (plan == NULL || sscanf(plan, "%ld %ld %d", &planned_round, &planned, &choice) != 3) return 0;
  pthread_mutex_lock(&mutex);
  if (planned_round != round) count = 0;
  round = planned_round;
  const long number = ++count;
  pthread_mutex_unlock(&mutex);
  if (number != planned) return 0;
  log_name(name);
  return choice == 0 ? one : other;
}

static int error_of(const char *name, int counts, int one, int other) {
  if (!counts) return 0;
  const int error = called_error(name);
  return error ? error : planned_error(name, one, other);
}

static int fail(int error) {
  errno = error;
  return -1;
}

#define OF_ADDON is_from_addon(__builtin_return_address(0))

/** A call of the addon that ends with one of two errors. */
#define FAILING(result, call, one, other, parameters, arguments) \
  result call parameters {                                       \
    const int error = error_of(#call, OF_ADDON, one, other);     \
    return error ? fail(error) : REAL(call) arguments;           \
  }

FAILING(int, socket, EMFILE, ENOBUFS, (int domain, int type, int protocol), (domain, type, protocol))
FAILING(int, bind, EPERM, ENOMEM, (int socket, const struct sockaddr *address, socklen_t length),
        (socket, address, length))
FAILING(int, connect, ENOBUFS, EPERM, (int socket, const struct sockaddr *address, socklen_t length),
        (socket, address, length))
FAILING(int, listen, EADDRINUSE, ENOBUFS, (int socket, int backlog), (socket, backlog))
FAILING(int, getpeername, ENOTCONN, ENOBUFS, (int socket, struct sockaddr *restrict address, socklen_t *restrict length),
        (socket, address, length))
FAILING(int, getsockname, ENOBUFS, ENOBUFS, (int socket, struct sockaddr *restrict address, socklen_t *restrict length),
        (socket, address, length))
FAILING(int, setsockopt, ENOMEM, ENOPROTOOPT, (int socket, int level, int name, const void *value, socklen_t length),
        (socket, level, name, value, length))

/** One counted as `dump` in FAIL_CALLS succeeds, with an answer of netlink that says that it was interrupted. */
ssize_t recv(int socket, void *bytes, size_t length, int flags) {
  const int is_ours = OF_ADDON;
  const int error = error_of("recv", is_ours, EINTR, ENOMEM);
  if (error) return fail(error);
  const ssize_t received = REAL(recv)(socket, bytes, length, flags);
  struct nlmsghdr *message = bytes;
  if (is_ours && received >= (ssize_t)sizeof *message && called_error("dump")) message->nlmsg_flags |= NLM_F_DUMP_INTR;
  return received;
}

FAILING(ssize_t, send, ENOBUFS, EPERM, (int socket, const void *bytes, size_t length, int flags),
        (socket, bytes, length, flags))
FAILING(int, poll, EINTR, EINTR, (struct pollfd * all, nfds_t count, int timeout), (all, count, timeout))
FAILING(int, eventfd, EMFILE, ENOMEM, (unsigned count, int flags), (count, flags))
FAILING(int, epoll_create1, EMFILE, ENOMEM, (int flags), (flags))
FAILING(int, epoll_ctl, ENOSPC, ENOMEM, (int poller, int operation, int socket, struct epoll_event *event),
        (poller, operation, socket, event))
FAILING(int, epoll_wait, EINTR, EINTR, (int poller, struct epoll_event *events, int most, int timeout),
        (poller, events, most, timeout))
FAILING(ssize_t, read, EINTR, EIO, (int file, void *bytes, size_t length), (file, bytes, length))
FAILING(int, flock, ENOLCK, EINTR, (int file, int operation), (file, operation))
FAILING(int, renameat, EIO, ENOSPC, (int from, const char *old, int to, const char *name), (from, old, to, name))
FAILING(int, linkat, EIO, EPERM, (int from, const char *old, int to, const char *name, int flags),
        (from, old, to, name, flags))
FAILING(int, unlinkat, EIO, EROFS, (int folder, const char *name, int flags), (folder, name, flags))

// A file is opened by the call for large files where they are the default, and by the other one where they are not.
#define DEFINE_OPEN(symbol)                                                         \
  int symbol(const char *path, int flags, ...) {                                    \
    va_list more;                                                                   \
    va_start(more, flags);                                                          \
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0; \
    va_end(more);                                                                   \
    const int error = error_of("open", OF_ADDON, EMFILE, EACCES);                   \
    return error ? fail(error) : REAL(symbol)(path, flags, mode);                   \
  }

#define DEFINE_OPENAT(symbol)                                                       \
  int symbol(int folder, const char *path, int flags, ...) {                        \
    va_list more;                                                                   \
    va_start(more, flags);                                                          \
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0; \
    va_end(more);                                                                   \
    const int error = error_of("openat", OF_ADDON, EMFILE, EIO);                    \
    return error ? fail(error) : REAL(symbol)(folder, path, flags, mode);           \
  }

DEFINE_OPEN(open)
DEFINE_OPEN(open64)
DEFINE_OPENAT(openat)
DEFINE_OPENAT(openat64)

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument) {
  const int error = error_of("pthread_create", OF_ADDON, EAGAIN, EPERM);
  return error ? error : REAL(pthread_create)(thread, attributes, run, argument);
}

/** operator new on a thread other than the first one. Its failure is an exception. */
void *_Znwm(size_t size) {
  typedef void *Allocate(size_t);
  typedef void Throw(void);
  static _Atomic(Allocate *) allocate;
  // Node.js calls it all the time: its callers are looked at only where one of them may have to fail.
  if (allocate == NULL) allocate = (Allocate *)dlsym(RTLD_NEXT, "_Znwm");
  const char *calls = getenv("FAIL_CALLS");
  const int is_planned = getenv("FAIL_PLAN") != NULL || (calls != NULL && strstr(calls, "new ") != NULL);
  if (is_planned && gettid() != getpid() && error_of("new", OF_ADDON, ENOMEM, ENOMEM))
    ((Throw *)dlsym(RTLD_DEFAULT, "_ZSt17__throw_bad_allocv"))();
  return allocate(size);
}

// What writes files, which Node.js does for the library.

static int is_file(int descriptor) {
  struct stat facts;
  return fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode);
}

#define FAILING_FILE(result, call, one, other, parameters, arguments)          \
  result call parameters {                                                     \
    const int error = getenv("FAIL_PLAN") != NULL                              \
                          ? error_of(#call, is_file(file), one, other)         \
                      : is_file(file) ? called_error(#call)                    \
                                      : 0;                                     \
    return error ? fail(error) : REAL(call) arguments;                         \
  }

FAILING_FILE(ssize_t, write, ENOSPC, EIO, (int file, const void *bytes, size_t length), (file, bytes, length))
FAILING_FILE(ssize_t, pwrite64, ENOSPC, EIO, (int file, const void *bytes, size_t length, off64_t offset),
             (file, bytes, length, offset))
FAILING_FILE(int, fsync, EIO, ENOSPC, (int file), (file))
FAILING_FILE(int, fdatasync, EIO, ENOSPC, (int file), (file))
FAILING_FILE(int, ftruncate64, EIO, ENOSPC, (int file, off64_t length), (file, length))
FAILING_FILE(int, fchmod, EPERM, EIO, (int file, mode_t mode), (file, mode))
