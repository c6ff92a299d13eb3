#include "store/catalog.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

#include "store/sidecar_file.h"

namespace ringtail::store {

namespace fs = std::filesystem;

namespace {

std::uint64_t allocated_bytes(const struct stat& status) {
  return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

}  // namespace

std::uint64_t allocated_bytes(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? allocated_bytes(status) : 0;
}

std::string capture_of(const fs::path& file) { return file.parent_path().filename().string(); }

Catalog::Entry entry_of(const fs::path& path, const FileName& name) {
  Catalog::Entry entry{.file = path.filename().string(), .start = name.start};
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return entry;
  entry.allocated_bytes = allocated_bytes(status) + allocated_bytes(sidecar_path(path));
  entry.end = PacketTime(std::chrono::seconds(status.st_mtim.tv_sec) +
                         std::chrono::nanoseconds(status.st_mtim.tv_nsec));
  return entry;
}

bool Catalog::ByAge::operator()(const Entry& a, const Entry& b) const {
  return std::tie(a.start, a.file) < std::tie(b.start, b.file);
}

void Catalog::scan(const fs::path& directory) {
  for (const fs::directory_entry& folder : fs::directory_iterator(directory)) {
    if (folder.is_symlink() || !folder.is_directory()) continue;  // a link may lead nowhere
    std::error_code ignored;  // a folder that cannot be read (lost+found) is not one of ours
    for (const fs::directory_entry& file : fs::directory_iterator(folder.path(), ignored)) {
      const std::optional<FileName> name = FileName::parse(file.path().filename().string());
      if (!name || file.is_symlink() || !file.is_regular_file()) continue;
      add(folder.path().filename().string(), entry_of(file.path(), *name));
    }
  }
}

void Catalog::add(const std::string& capture, Entry entry) {
  Folder& folder = folders_[capture];
  const std::uint64_t bytes = entry.allocated_bytes;
  if (folder.entries.insert(std::move(entry)).second) folder.used_bytes += bytes;
}

void Catalog::remove(const std::string& capture, const Entry& entry) {
  Folder& folder = folders_[capture];
  const auto found = folder.entries.find(entry);
  if (found == folder.entries.end()) return;
  folder.used_bytes -= found->allocated_bytes;
  folder.entries.erase(found);
}

void Catalog::set_aside(const std::string& capture, const Entry& entry) {
  folders_[capture].entries.erase(entry);
}

const Catalog::Folder* Catalog::find(const std::string& capture) const {
  const auto found = folders_.find(capture);
  return found == folders_.end() ? nullptr : &found->second;
}

std::uint64_t Catalog::used_bytes(const std::string& capture) const {
  const Folder* folder = find(capture);
  return folder == nullptr ? 0 : folder->used_bytes;
}

std::size_t Catalog::file_count(const std::string& capture) const {
  const Folder* folder = find(capture);
  return folder == nullptr ? 0 : folder->entries.size();
}

std::size_t Catalog::file_count() const {
  std::size_t sum = 0;
  for (const auto& [capture, folder] : folders_) sum += folder.entries.size();
  return sum;
}

std::uint64_t Catalog::used_bytes() const {
  std::uint64_t sum = 0;
  for (const auto& [capture, folder] : folders_) sum += folder.used_bytes;
  return sum;
}

std::vector<std::string> Catalog::captures() const {
  std::vector<std::string> names;
  for (const auto& [capture, folder] : folders_) names.push_back(capture);
  return names;
}

std::optional<Catalog::Entry> Catalog::oldest(const std::string& capture) const {
  if (file_count(capture) == 0) return std::nullopt;
  return *find(capture)->entries.begin();
}

std::optional<Catalog::Entry> Catalog::ended_before(const std::string& capture,
                                                    PacketTime then) const {
  const Folder* folder = find(capture);
  if (folder == nullptr) return std::nullopt;
  for (const Entry& entry : folder->entries) {
    if (entry.start >= then) break;
    if (entry.end < then) return entry;
  }
  return std::nullopt;
}

PacketTime Catalog::latest_end(const std::string& capture) const {
  const Folder* folder = find(capture);
  if (folder == nullptr || folder->entries.empty()) return {};
  return std::ranges::max_element(folder->entries, {}, &Entry::end)->end;
}

}  // namespace ringtail::store
