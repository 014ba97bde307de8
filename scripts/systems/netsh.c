/* Stands in for netsh.exe where there is none worth the name: prints the file netsh.txt of its own folder. */
#include <stdio.h>
#include <string.h>
#include <windows.h>

int main(void) {
  char path[MAX_PATH];
  const DWORD length = GetModuleFileNameA(NULL, path, sizeof path);
  if (length < 4 || length >= sizeof path) return 1;
  strcpy(path + length - 4, ".txt");
  FILE* file = fopen(path, "rb");
  if (file == NULL) return 1;
  for (int byte = fgetc(file); byte != EOF; byte = fgetc(file)) putchar(byte);
  return fclose(file);
}
