#include "thread.h"

#ifdef __APPLE__
#include <pthread/qos.h>
#endif

void lower_thread_priority() {
  // On the BSDs a nice value belongs to the process, whose other threads are to stay as they are.
#ifdef __APPLE__
  pthread_set_qos_class_self_np(QOS_CLASS_UTILITY, 0);
#endif
}
