#pragma once

#include <filesystem>

#include "daemon/user.h"

namespace ringtail::daemon {

// What the process may do beyond other processes; libcap-ng is used here alone. Capabilities belong
// to threads: all of this is for the main thread, before there is another.

// Makes the folder, if there is none, and gives it to the user: what they record to must be theirs
// before they are who we are. A folder that is there already stays as it is. Throws
// std::system_error.
void hand_over_folder(const std::filesystem::path& folder, const User& user);

// Becomes the user, with their groups and with CAP_NET_RAW alone, for good. Does nothing if that is
// who we are. Throws std::system_error (EPERM if we may not).
void become(const User& user);

// Whether we hold CAP_IPC_LOCK: then RLIMIT_MEMLOCK is none.
[[nodiscard]] bool may_lock_memory();

// From here on no program that we start inherits a capability: on_close programs need none. Throws
// std::system_error.
void keep_capabilities_from_programs();

}  // namespace ringtail::daemon
