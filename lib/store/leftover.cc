#include "store/leftover.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "store/rename.h"
#include "store/unfinished_file.h"

namespace ringtail::store {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPrefix = ".next_";

// Whose file it is, from a name that unnamed_file() gives; nothing for any other name.
std::optional<FileName> owner_in(const std::string& name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  const std::size_t last = name.rfind('_');
  const std::string number = name.substr(last + 1);
  if (last < kPrefix.size() || number.empty() ||
      number.find_first_not_of("0123456789") != number.npos) {
    return std::nullopt;
  }
  // "<interface>_w<worker>" is what it has in common with the name of a finished file.
  const std::string owner = name.substr(kPrefix.size(), last - kPrefix.size());
  return FileName::parse("19700101T000000.000000Z_" + owner + ".pcap");
}

void adopt(const NamedFile& file) {
  UnfinishedFile content(file.path, UnfinishedFile::Access::kRead);
  while (content.walk().packets() == 0 && content.step()) {
  }
  if (content.walk().packets() == 0) {
    base::check(::unlink(file.path.c_str()), "unlink", file.path.string());
    return;
  }
  FileName name = file.name;
  name.start = std::chrono::floor<std::chrono::microseconds>(*content.walk().first_time());
  name.partial = true;
  name.format = content.walk().format();
  (void)rename_unused(file.path, std::move(name));
}

}  // namespace

std::string unnamed_file(const std::string& interface, unsigned worker, std::uint64_t number) {
  return std::string(kPrefix) + interface + "_w" + std::to_string(worker) + "_" +
         std::to_string(number);
}

std::vector<NamedFile> unnamed_files(const fs::path& folder) {
  std::vector<NamedFile> found;
  for (const fs::directory_entry& file : fs::directory_iterator(folder)) {
    if (auto owner = owner_in(file.path().filename().string())) {
      found.push_back({file.path(), *std::move(owner)});
    }
  }
  std::ranges::sort(found, {}, &NamedFile::path);
  return found;
}

std::vector<NamedFile> partial_files(const fs::path& folder) {
  std::vector<NamedFile> found;
  for (const fs::directory_entry& file : fs::directory_iterator(folder)) {
    auto name = FileName::parse(file.path().filename().string());
    if (name && name->partial) found.push_back({file.path(), *std::move(name)});
  }
  std::ranges::sort(found, {}, &NamedFile::path);
  return found;
}

void adopt_unnamed_files(const fs::path& folder, const base::Reporter& report) {
  for (const NamedFile& file : unnamed_files(folder)) {
    try {
      adopt(file);
    } catch (const std::runtime_error& error) {
      report(base::Severity::kWarning, std::string(error.what()) + "; it is left alone");
    }
  }
}

}  // namespace ringtail::store
