#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/report.h"
#include "store/file_name.h"

namespace ringtail::store {

// The hidden name of a file that is made ahead, before its first packet gives it its own.
[[nodiscard]] std::string unnamed_file(const std::string& interface, unsigned worker,
                                       std::uint64_t number);

struct NamedFile {
  std::filesystem::path path;
  FileName name;
};

// What has such a hidden name in the folder (its FileName has no start yet), or that of a partial
// file; sorted. Throw std::filesystem::filesystem_error if the folder cannot be read.
[[nodiscard]] std::vector<NamedFile> unnamed_files(const std::filesystem::path& folder);
[[nodiscard]] std::vector<NamedFile> partial_files(const std::filesystem::path& folder);

// Unnamed files that an earlier run left in the folder: those without a packet are removed; one in
// which writing had begun is named by its first packet, as the partial file it is. Throws as
// unnamed_files(); a file that is none of ours is reported and left alone.
void adopt_unnamed_files(const std::filesystem::path& folder, const base::Reporter& report);

}  // namespace ringtail::store
