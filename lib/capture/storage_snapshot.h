#pragma once

#include <string>

#include "capture/snapshot.h"
#include "store/storage.h"

namespace ringtail::capture {

// What the disk thread has published, copied by any thread.

[[nodiscard]] StorageSnapshot storage_snapshot(const store::Storage& storage);
// Without its writes, which its workers count.
[[nodiscard]] CaptureSnapshot capture_snapshot(const store::CaptureUsage& usage);

}  // namespace ringtail::capture
