#include "socket_owners.h"

#include <windows.h>
// After windows.h:
#include <tlhelp32.h>
#include <winternl.h>

#include <memory>

namespace port_for {

namespace {

struct CloseHandleOf {
  using pointer = HANDLE;
  void operator()(HANDLE handle) const { CloseHandle(handle); }
};
using Handle = std::unique_ptr<HANDLE, CloseHandleOf>;

std::string to_utf8(const wchar_t* text, size_t length) {
  const auto units = static_cast<int>(length);
  const int size = WideCharToMultiByte(CP_UTF8, 0, text, units, nullptr, 0, nullptr, nullptr);
  std::string bytes(static_cast<size_t>(size), '\0');
  WideCharToMultiByte(CP_UTF8, 0, text, units, bytes.data(), size, nullptr, nullptr);
  return bytes;
}

/** `ProcessCommandLineInformation`, from Windows 8.1 on: an ordinary user may ask it of other users' too. */
std::string command_line_of(HANDLE process) {
  constexpr auto kCommandLine = static_cast<PROCESSINFOCLASS>(60);
  using Query = NTSTATUS(NTAPI*)(HANDLE, PROCESSINFOCLASS, void*, ULONG, ULONG*);
  const HMODULE library = GetModuleHandleW(L"ntdll.dll");
  const auto query =
      reinterpret_cast<Query>(reinterpret_cast<void*>(GetProcAddress(library, "NtQueryInformationProcess")));
  ULONG size = 0;
  if (query == nullptr) return {};
  query(process, kCommandLine, nullptr, 0, &size);
  if (size < sizeof(UNICODE_STRING)) return {};
  const std::unique_ptr<char[]> bytes(new char[size]);
  if (query(process, kCommandLine, bytes.get(), size, &size) < 0) return {};
  const auto* line = reinterpret_cast<const UNICODE_STRING*>(bytes.get());
  return to_utf8(line->Buffer, line->Length / sizeof(wchar_t));
}

std::string image_path_of(HANDLE process) {
  constexpr DWORD kLongestPath = 32768;
  const std::unique_ptr<wchar_t[]> path(new wchar_t[kLongestPath]);
  DWORD length = kLongestPath;
  return QueryFullProcessImageNameW(process, 0, path.get(), &length) ? to_utf8(path.get(), length)
                                                                     : std::string();
}

/** The command line, or else the path of the program; nothing of a process that this one may not open. */
std::string command_of(DWORD pid) {
  const Handle process(OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid));
  if (!process) return {};
  std::string command = command_line_of(process.get());
  return command.empty() ? image_path_of(process.get()) : command;
}

}  // namespace

// The table gives each socket's process number, which is the key; the list of processes, their names, is open
// to everybody. A process that ended since is in no list.
std::vector<SocketOwner> socket_owners(const std::unordered_set<uint64_t>& owner_keys) {
  std::vector<SocketOwner> owners;
  if (owner_keys.empty()) return owners;
  const Handle processes(CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
  if (processes.get() == INVALID_HANDLE_VALUE) return owners;
  PROCESSENTRY32W entry{};
  entry.dwSize = sizeof entry;
  for (BOOL more = Process32FirstW(processes.get(), &entry); more;
       more = Process32NextW(processes.get(), &entry)) {
    const DWORD pid = entry.th32ProcessID;
    if (owner_keys.count(pid) == 0) continue;
    owners.push_back({pid, pid, to_utf8(entry.szExeFile, wcslen(entry.szExeFile)), command_of(pid)});
  }
  return owners;
}

}  // namespace port_for
