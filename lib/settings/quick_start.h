#pragma once

#include <string>

#include "settings/host.h"
#include "settings/settings.h"

namespace ringtail::settings {

// Settings for a first look without a file: everything on `interface`, 1 GiB below the working
// directory. Opening the interface finds out whether there is one of that name.
[[nodiscard]] Settings quick_start(std::string interface, const Host& host,
                                   Format format = Format::kPcap);

}  // namespace ringtail::settings
