#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/report.h"

namespace ringtail::store {

// The hidden name of a file that is made ahead, before its first packet gives it its own.
[[nodiscard]] std::string unnamed_file(const std::string& interface, unsigned worker,
                                       std::uint64_t number);

// Unnamed files that an earlier run left in the folder: those without a packet are removed; one in
// which writing had begun is named by its first packet, as the partial file it is.
void adopt_unnamed_files(const std::filesystem::path& folder, const base::Reporter& report);

}  // namespace ringtail::store
