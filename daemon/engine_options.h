#pragma once

#include "capture/engine.h"
#include "settings/host.h"
#include "settings/settings.h"

namespace ringtail::daemon {

// The engine's options from resolved settings: compiles the filters, shares the budget between the
// captures and gives each worker a CPU. Throws filter::FilterError.
[[nodiscard]] capture::EngineOptions engine_options(const settings::Settings& settings,
                                                    const settings::Host& host);

}  // namespace ringtail::daemon
