#pragma once

#include "control/listening_socket.h"
#include "settings/settings.h"

namespace ringtail::daemon {

[[nodiscard]] control::Endpoint metrics_endpoint(const settings::Metrics& metrics);

}  // namespace ringtail::daemon
