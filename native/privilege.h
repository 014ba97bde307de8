#pragma once

#include <optional>
#include <string>

namespace port_for {

/** Whether this process has an administrator's rights: it is root, or on Windows elevated. */
bool is_administrator();

/**
 * Whether a file belongs to an administrator, to the system or to the user of this process, so that no other
 * user can have made it. Nothing where there is no such file, or where that cannot be asked.
 */
std::optional<bool> has_trusted_owner(const std::string& path);

}  // namespace port_for
