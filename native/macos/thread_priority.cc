#include <pthread/qos.h>

#include "thread.h"

namespace port_for {

void lower_thread_priority() {
  pthread_set_qos_class_self_np(QOS_CLASS_UTILITY, 0);
}

}  // namespace port_for
