#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "raw.h"

// A wire between two network namespaces on which every packet takes its time, for kernels without netem: two
// TUN devices, and queues between them.

enum { MOST_BYTES = 1600, MOST_PACKETS = 16384 };

struct packet {
  int64_t due;
  ssize_t size;
  char bytes[MOST_BYTES];
};

/** The packets on their way to one end, the first that is due at `first`. */
struct queue {
  struct packet* packets;
  size_t first, count;
};

/** A TUN device named `remote` in the network namespace at `path`. */
static int open_end(const char* path) {
  const int namespace = open(path, O_RDONLY | O_CLOEXEC);
  if (namespace < 0 || setns(namespace, CLONE_NEWNET) != 0) die(path);
  close(namespace);
  const int end = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  struct ifreq device = {.ifr_flags = IFF_TUN | IFF_NO_PI, .ifr_name = "remote"};
  if (end < 0 || ioctl(end, TUNSETIFF, &device) != 0) die("/dev/net/tun");
  return end;
}

/** Reads what an end sends. What has no room on the wire is lost, as on others. */
static void take(int end, struct queue* queue, int64_t delay) {
  while (queue->count < MOST_PACKETS) {
    struct packet* packet = &queue->packets[(queue->first + queue->count) % MOST_PACKETS];
    packet->size = read(end, packet->bytes, MOST_BYTES);
    if (packet->size <= 0) return;
    packet->due = now() + delay;
    queue->count++;
  }
}

/** Hands over the packets that are due. */
static void deliver(struct queue* queue, int end) {
  while (queue->count > 0 && queue->packets[queue->first].due <= now()) {
    const struct packet* packet = &queue->packets[queue->first];
    // A device that is not up yet refuses packets: they are lost too.
    if (write(end, packet->bytes, (size_t)packet->size) < 0 && errno != EIO) die("write");
    queue->first = (queue->first + 1) % MOST_PACKETS;
    queue->count--;
  }
}

static int64_t until_due(const struct queue* queue) {
  const int64_t left = queue->count > 0 ? queue->packets[queue->first].due - now() : INT64_MAX;
  return left < 0 ? 0 : left;
}

void join(const char* near, const char* far, int64_t delay) {
  const int ends[] = {open_end(near), open_end(far)};
  struct queue queues[2] = {{0}};
  for (int index = 0; index < 2; index++) {
    queues[index].packets = calloc(MOST_PACKETS, sizeof(struct packet));
    if (queues[index].packets == NULL) die("calloc");
  }
  puts("joined");
  fflush(stdout);
  struct pollfd waiting[] = {{STDIN_FILENO, POLLIN, 0}, {ends[0], POLLIN, 0}, {ends[1], POLLIN, 0}};
  while ((waiting[0].revents & (POLLIN | POLLHUP)) == 0) {
    for (int index = 0; index < 2; index++) {
      take(ends[index], &queues[index], delay);
      deliver(&queues[index], ends[1 - index]);
    }
    const int64_t first = until_due(&queues[0]), second = until_due(&queues[1]);
    const int64_t left = first < second ? first : second;
    const struct timespec time = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
    if (ppoll(waiting, 3, left == INT64_MAX ? NULL : &time, NULL) < 0) die("ppoll");
  }
}
