#pragma once

#include <memory>
#include <vector>

#include "capture/interface_recording.h"

namespace ringtail::capture {

using Recordings = std::vector<std::shared_ptr<InterfaceRecording>>;

// From its return on, no packet enters their rings. Control thread.
void close_filters(const Recordings& recordings);

}  // namespace ringtail::capture
