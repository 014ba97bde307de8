// Starts Node.js for another architecture in qemu's user mode, and passes its own arguments on. What EMULATED_PRELOAD
// names is preloaded into Node.js: programs of this machine cannot load it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int count, char** words) {
  static const char* const start[] = {EMULATOR, LOADER, "--library-path", LIBRARIES, PROGRAM, "--require", PRELOAD};
  const size_t own = sizeof start / sizeof *start;
  const char** const all = calloc(own + (size_t)count, sizeof *all);
  if (all == NULL) return 127;
  memcpy(all, start, sizeof start);
  memcpy(all + own, words + 1, ((size_t)count - 1) * sizeof *all);
  const char* const preload = getenv("EMULATED_PRELOAD");
  if (preload != NULL) setenv("LD_PRELOAD", preload, 1);
  execv(EMULATOR, (char* const*)all);
  perror(EMULATOR);
  return 127;
}
