#include <pthread/qos.h>

#include "thread.h"

void lower_thread_priority() {
  pthread_set_qos_class_self_np(QOS_CLASS_UTILITY, 0);
}
