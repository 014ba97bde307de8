#include "privilege.h"

#include <windows.h>
// After windows.h:
#include <aclapi.h>

#include <memory>

namespace port_for {

namespace {

std::wstring to_utf16(const std::string& text) {
  const auto bytes = static_cast<int>(text.size());
  const int size = MultiByteToWideChar(CP_UTF8, 0, text.c_str(), bytes, nullptr, 0);
  std::wstring units(static_cast<size_t>(size), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, text.c_str(), bytes, units.data(), size);
  return units;
}

struct CloseHandleOf {
  using pointer = HANDLE;
  void operator()(HANDLE handle) const { CloseHandle(handle); }
};

std::unique_ptr<HANDLE, CloseHandleOf> open_own_token() {
  HANDLE token = nullptr;
  OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token);
  return std::unique_ptr<HANDLE, CloseHandleOf>(token);
}

bool is_own_user(PSID user) {
  const auto token = open_own_token();
  alignas(TOKEN_USER) char bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
  DWORD size = 0;
  if (!token || !GetTokenInformation(token.get(), TokenUser, bytes, sizeof bytes, &size)) return false;
  return EqualSid(user, reinterpret_cast<const TOKEN_USER*>(bytes)->User.Sid);
}

}  // namespace

bool is_administrator() {
  const auto token = open_own_token();
  TOKEN_ELEVATION elevation{};
  DWORD size = 0;
  return token && GetTokenInformation(token.get(), TokenElevation, &elevation, sizeof elevation, &size) &&
         elevation.TokenIsElevated != 0;
}

// What an elevated process makes belongs to the group of administrators.
std::optional<bool> has_trusted_owner(const std::string& path) {
  PSID owner = nullptr;
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  std::wstring wide = to_utf16(path);
  const DWORD error = GetNamedSecurityInfoW(wide.data(), SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION, &owner,
                                            nullptr, nullptr, nullptr, &descriptor);
  if (error != ERROR_SUCCESS) return std::nullopt;
  const std::unique_ptr<void, decltype(&LocalFree)> owned(descriptor, LocalFree);
  return IsWellKnownSid(owner, WinBuiltinAdministratorsSid) || IsWellKnownSid(owner, WinLocalSystemSid) ||
         is_own_user(owner);
}

}  // namespace port_for
