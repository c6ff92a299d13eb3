#include "store/sidecar_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <span>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/unique_fd.h"
#include "store/file_name.h"
#include "store/write_mode.h"

namespace ringtail::store {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kSuffix = ".json";
constexpr WriteMode kMode = WriteMode::kDropBehind;
constexpr std::size_t kMaxBytes = 64U << 10;  // a hundred times what we write

fs::path with_suffix(const fs::path& path, std::string_view suffix) {
  return path.string() + std::string(suffix);
}

void write_durably(const fs::path& path, std::string_view text) {
  const base::UniqueFd fd(base::check(
      ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, kFileMode),
      "open", path.string()));
  if (const std::error_code error =
          write_fully(fd.get(), kMode, 0, std::as_bytes(std::span(text)))) {
    throw std::system_error(error, "write " + path.string());
  }
  base::check(::fdatasync(fd.get()), "fdatasync", path.string());
  drop_cached_pages(fd.get(), kMode);
}

// The name of the file whose sidecar this name is, whole or half written; empty for any other.
std::string file_of(std::string_view name, bool& whole) {
  whole = !name.ends_with(kPartSuffix);
  if (!whole) name.remove_suffix(kPartSuffix.size());
  if (!name.ends_with(kSuffix)) return "";
  name.remove_suffix(kSuffix.size());
  const auto file = FileName::parse(name);
  return file && !file->partial ? std::string(name) : "";
}

std::string read_text(const fs::path& path) {
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  std::string text(kMaxBytes, '\0');
  const ssize_t size = fd ? ::read(fd.get(), text.data(), text.size()) : 0;
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  return text;
}

}  // namespace

fs::path sidecar_path(const fs::path& file) { return with_suffix(file, kSuffix); }

void write_sidecar(const fs::path& file, const Sidecar& sidecar) {
  const fs::path path = sidecar_path(file);
  const fs::path part = with_suffix(path, kPartSuffix);
  try {
    write_durably(part, to_text(sidecar));
    base::check(::rename(part.c_str(), path.c_str()), "rename", part.string());
  } catch (const std::system_error&) {
    (void)::unlink(part.c_str());
    throw;
  }
}

void remove_sidecar(const fs::path& file) { (void)::unlink(sidecar_path(file).c_str()); }

SidecarFolder list_sidecars(const fs::path& folder) {
  SidecarFolder found;
  std::vector<std::string> sidecars;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.is_symlink() || !entry.is_regular_file()) continue;
    const std::string name = entry.path().filename().string();
    bool whole = false;
    if (!file_of(name, whole).empty()) {
      (whole ? sidecars : found.orphans).push_back(name);
    } else if (const auto ours = FileName::parse(name); ours && !ours->partial) {
      found.closed.push_back(name);
    }
  }
  std::ranges::sort(found.closed);
  for (std::string& sidecar : sidecars) {
    bool whole = false;
    if (!std::ranges::binary_search(found.closed, file_of(sidecar, whole)))
      found.orphans.push_back(std::move(sidecar));
  }
  std::ranges::sort(found.orphans);
  return found;
}

bool lacks_sidecar(const fs::path& file) {
  return parse_sidecar(read_text(sidecar_path(file))).kind == SidecarText::Kind::kDamaged;
}

}  // namespace ringtail::store
