#pragma once

#include "settings/settings.h"

namespace ringtail::daemon {

// Whether a capture has `ring: {lock: true}`: then it holds for the whole process.
[[nodiscard]] bool wants_memory_lock(const settings::Settings& settings);

// From here on what this process uses stays in memory: nothing of it is swapped out, and none of
// its code is read again from a disk that is busy with recordings. Pages count once they are used,
// so what is only reserved takes nothing. Rings are kernel memory (packet_mmap(7)) and stay anyway.
//
// For the main thread, once we are who records: a limit that is lower than what we map later would
// make that fail in operation, so anything but none is refused. Throws std::system_error.
void lock_memory();

}  // namespace ringtail::daemon
