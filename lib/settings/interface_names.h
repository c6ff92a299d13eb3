#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "settings/document.h"
#include "settings/report.h"

namespace ringtail::settings {

// The items of a list of interfaces that can be names, each once; what is wrong is reported.
// `allowed` is for a node that is no list.
[[nodiscard]] std::vector<std::string> read_interface_names(const Node& node,
                                                            std::string_view allowed,
                                                            Report& report);
[[nodiscard]] Node write_interface_names(const std::vector<std::string>& names);

}  // namespace ringtail::settings
