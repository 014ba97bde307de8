#pragma once

#include <cstdint>
#include <string>

namespace port_for {

// What is done to a file by its name in a folder that is open already: nobody can lead it elsewhere by a
// link, or by another folder in the place of that one. Each returns 0 or the error.

/** What is known of a file, or of the symbolic link itself. */
struct FileFacts {
  uint64_t device;
  uint64_t inode;
  uint32_t user;
  uint32_t group;
  uint32_t mode;
};

/** Opens the folder at an absolute path that has no symbolic links in it: one on the way is an error. */
int open_folder(const std::string& path, int* descriptor);
/** Opens a file with the flags of open(2). Never waits, follows no symbolic link, and leaves nothing to
 * children. */
int open_in_folder(int folder, const std::string& name, int flags, unsigned mode, int* descriptor);
int stat_in_folder(int folder, const std::string& name, FileFacts* facts);
int rename_in_folder(int folder, const std::string& from, const std::string& to);
/** Gives a file a second name. */
int link_in_folder(int folder, const std::string& from, const std::string& to);
int unlink_in_folder(int folder, const std::string& name);
int make_folder_in_folder(int folder, const std::string& name, unsigned mode);
/** Closes what one of these opened. */
int close_descriptor(int descriptor);

}  // namespace port_for
