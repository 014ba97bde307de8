#include "folder_calls.h"

#include <fcntl.h>

#include <cerrno>
#include <climits>
#include <cstdint>
#include <string>

#include "folder_files.h"
#include "js_values.h"
#include "outcome.h"

namespace port_for {

namespace {

using Info = Napi::CallbackInfo;

void check(const Info& info, int error, const char* call) {
  if (error != 0) throw to_error(info.Env(), Fault{error, call});
}

int read_folder(const Info& info) {
  return static_cast<int>(read_integer(info[0], "folder", 0, INT_MAX));
}

/** A name that leads out of no folder. */
std::string read_file_name(const Napi::Value& value, const char* name) {
  std::string text = read_string(value, name);
  const bool is_name = !text.empty() && text != "." && text != ".." &&
                       text.find_first_of(std::string("/\0", 2)) == std::string::npos;
  if (!is_name) throw unexpected(value, name, "the name of a file");
  return text;
}

unsigned read_mode(const Napi::Value& value) {
  return static_cast<unsigned>(read_integer(value, "mode", 0, 07777));
}

Napi::Value OpenFolder(const Info& info) {
  const std::string path = read_string(info[0], "path");
  if (path.empty() || path[0] != '/' || path.find('\0') != std::string::npos)
    throw unexpected(info[0], "path", "an absolute path");
  int descriptor = -1;
  check(info, open_folder(path, &descriptor), "open");
  return Napi::Number::New(info.Env(), descriptor);
}

Napi::Value OpenInFolder(const Info& info) {
  const int folder = read_folder(info);
  const std::string name = read_file_name(info[1], "name");
  const auto flags = static_cast<int>(read_integer(info[2], "flags", 0, INT_MAX));
  int descriptor = -1;
  const int error = open_in_folder(folder, name, flags, read_mode(info[3]), &descriptor);
  // An error would cost more than the call, and who asks for a file often finds none.
  if (error == ENOENT && (flags & O_CREAT) == 0) return info.Env().Undefined();
  check(info, error, "open");
  return Napi::Number::New(info.Env(), descriptor);
}

Napi::Value StatInFolder(const Info& info) {
  const Napi::Env env = info.Env();
  const int folder = read_folder(info);
  FileFacts facts{};
  check(info, stat_in_folder(folder, read_file_name(info[1], "name"), &facts), "lstat");
  Napi::Object object = Napi::Object::New(env);
  object.Set("dev", Napi::BigInt::New(env, facts.device));
  object.Set("ino", Napi::BigInt::New(env, facts.inode));
  object.Set("uid", Napi::BigInt::New(env, static_cast<uint64_t>(facts.user)));
  object.Set("gid", Napi::BigInt::New(env, static_cast<uint64_t>(facts.group)));
  object.Set("mode", Napi::BigInt::New(env, static_cast<uint64_t>(facts.mode)));
  return object;
}

void RenameInFolder(const Info& info) {
  const int folder = read_folder(info);
  const std::string from = read_file_name(info[1], "from");
  check(info, rename_in_folder(folder, from, read_file_name(info[2], "to")), "rename");
}

void LinkInFolder(const Info& info) {
  const int folder = read_folder(info);
  const std::string from = read_file_name(info[1], "from");
  check(info, link_in_folder(folder, from, read_file_name(info[2], "to")), "link");
}

Napi::Value UnlinkInFolder(const Info& info) {
  const int folder = read_folder(info);
  const int error = unlink_in_folder(folder, read_file_name(info[1], "name"));
  if (error != ENOENT) check(info, error, "unlink");
  return Napi::Boolean::New(info.Env(), error == 0);
}

void MakeFolderInFolder(const Info& info) {
  const int folder = read_folder(info);
  const std::string name = read_file_name(info[1], "name");
  check(info, make_folder_in_folder(folder, name, read_mode(info[2])), "mkdir");
}

void CloseDescriptor(const Info& info) {
  const auto descriptor = static_cast<int>(read_integer(info[0], "descriptor", 0, INT_MAX));
  check(info, close_descriptor(descriptor), "close");
}

}  // namespace

void add_folder_calls(Napi::Env env, Napi::Object exports) {
  const auto add = [&](const char* name, auto call) {
    exports.Set(name, Napi::Function::New(env, call, name));
  };
  add("openFolder", OpenFolder);
  add("openInFolder", OpenInFolder);
  add("statInFolder", StatInFolder);
  add("renameInFolder", RenameInFolder);
  add("linkInFolder", LinkInFolder);
  add("unlinkInFolder", UnlinkInFolder);
  add("makeFolderInFolder", MakeFolderInFolder);
  add("closeDescriptor", CloseDescriptor);
}

}  // namespace port_for
