#pragma once

#include <vector>

#include "base/report.h"
#include "capture/capture_options.h"
#include "capture/tcp_watch.h"
#include "settings/settings.h"

namespace ringtail::daemon {

// The TCP watch of each interface that the resolved settings name, on the workers of the captures
// that record it, or, if none does, on those of all captures. That the packets of a link cannot be
// counted goes to `report`, each time that rings are opened for such a link.
[[nodiscard]] std::vector<capture::WatchOptions> tcp_watch_options(
    const settings::TcpWatch& settings, const std::vector<capture::CaptureOptions>& captures,
    const base::Reporter& report);

}  // namespace ringtail::daemon
