#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "raw.h"

static int64_t measure(const char* work, int number) {
  if (strcmp(work, "bind") == 0) return measure_bind(number);
  if (strcmp(work, "connect") == 0) return measure_connect(number);
  if (strcmp(work, "both") == 0) return measure_both(number);
  if (strcmp(work, "pick") == 0) return measure_pick(number);
  if (strcmp(work, "leases") == 0) return measure_leases(number);
  if (strcmp(work, "table") == 0) return measure_table(number);
  return -1;
}

/** Prints the nanoseconds that one measurement took. */
int main(int count, char** words) {
  if (count == 5 && strcmp(words[1], "occupy") == 0) {
    occupy(atoi(words[2]), atoi(words[3]), atoi(words[4]));
    return 0;
  }
  if (count == 5 && strcmp(words[1], "join") == 0) {
    join(words[2], words[3], atoll(words[4]));
    return 0;
  }
  if (count == 3 && strcmp(words[1], "processes") == 0) {
    make_processes(atoi(words[2]));
    return 0;
  }
  const int number = count > 2 ? atoi(words[2]) : 1;
  const int64_t taken = count > 1 && number > 0 ? measure(words[1], number) : -1;
  if (taken < 0) {
    fputs(
        "usage: baseline bind|connect|both THREADS | pick|leases|table COUNT\n"
        "       baseline occupy LOW COUNT STEP | processes COUNT | join NEAR FAR NANOSECONDS\n",
        stderr);
    return 2;
  }
  printf("%" PRId64 "\n", taken);
  return 0;
}
