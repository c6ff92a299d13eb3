#pragma once

#include "base/report.h"
#include "capture/engine.h"
#include "settings/host.h"
#include "settings/settings.h"

namespace ringtail::daemon {

// The engine's options from resolved settings: compiles the filters, shares the budget between the
// captures and gives each worker a CPU. What host names in filters stand for goes to `report`.
// Throws FilterFault (capture_filter.h), and std::runtime_error where this host cannot compile for
// live packets.
[[nodiscard]] capture::EngineOptions engine_options(const settings::Settings& settings,
                                                    const settings::Host& host,
                                                    const base::Reporter& report);

}  // namespace ringtail::daemon
