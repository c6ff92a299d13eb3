#pragma once

#include "pcapfile/pcapng_format.h"

namespace ringtail::daemon {

// The host part of where files come from: its processor and its kernel. What the host does not say
// stays empty.
[[nodiscard]] pcapfile::FileOrigin host_origin();

}  // namespace ringtail::daemon
