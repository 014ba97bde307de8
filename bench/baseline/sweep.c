#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "raw.h"

// Every port once, by threads that each take the next one.

static atomic_int next_port;
static atomic_int used_ports;

static bool take_port(uint16_t* port) {
  const int taken = atomic_fetch_add_explicit(&next_port, 1, memory_order_relaxed);
  *port = (uint16_t)taken;
  return taken <= LAST_PORT;
}

static void* bind_ports(void* unused) {
  for (uint16_t port; take_port(&port);) {
    const int descriptor = bind_dual_stack(port);
    if (descriptor < 0) {
      atomic_fetch_add(&used_ports, 1);
    } else {
      close(descriptor);
    }
  }
  return unused;
}

static void* connect_ports(void* unused) {
  int descriptor = -1;
  for (uint16_t port; take_port(&port);) {
    const struct sockaddr_in address = loopback_v4(port);
    if (!is_refused(&descriptor, (const struct sockaddr*)&address, sizeof address))
      atomic_fetch_add(&used_ports, 1);
  }
  if (descriptor >= 0) close(descriptor);
  return unused;
}

static void* ask_both_ways(void* unused) {
  int client = -1;
  for (uint16_t port; take_port(&port);) {
    const struct sockaddr_in address = loopback_v4(port);
    const int held = bind_to((const struct sockaddr*)&address, sizeof address);
    if (held < 0 || !is_refused(&client, (const struct sockaddr*)&address, sizeof address))
      atomic_fetch_add(&used_ports, 1);
    if (held >= 0) close(held);
  }
  if (client >= 0) close(client);
  return unused;
}

static int64_t sweep(void* (*work)(void*), int threads) {
  enum { MOST_THREADS = 64 };
  pthread_t others[MOST_THREADS];
  if (threads > MOST_THREADS) threads = MOST_THREADS;
  atomic_store(&next_port, FIRST_PORT);
  const int64_t start = now();
  for (int index = 1; index < threads; index++) {
    if (pthread_create(&others[index], NULL, work, NULL) != 0) die("pthread_create");
  }
  work(NULL);
  for (int index = 1; index < threads; index++) pthread_join(others[index], NULL);
  return now() - start;
}

int64_t measure_bind(int threads) {
  return sweep(bind_ports, threads);
}

int64_t measure_connect(int threads) {
  return sweep(connect_ports, threads);
}

int64_t measure_both(int threads) {
  return sweep(ask_both_ways, threads);
}
