#include "folder_files.h"

#include <cerrno>

namespace port_for {

// Windows has no such calls; a folder that a less privileged user may write is not defended there.
int open_folder(const std::string&, int*) {
  return ENOSYS;
}

int open_in_folder(int, const std::string&, int, unsigned, int*) {
  return ENOSYS;
}

int stat_in_folder(int, const std::string&, FileFacts*) {
  return ENOSYS;
}

int rename_in_folder(int, const std::string&, const std::string&) {
  return ENOSYS;
}

int link_in_folder(int, const std::string&, const std::string&) {
  return ENOSYS;
}

int unlink_in_folder(int, const std::string&) {
  return ENOSYS;
}

int make_folder_in_folder(int, const std::string&, unsigned) {
  return ENOSYS;
}

int close_descriptor(int) {
  return ENOSYS;
}

}  // namespace port_for
