#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "store/file_name.h"

namespace ringtail::store {

// The recorded files of one storage folder, this run's and those that earlier runs left: what each
// capture fills on disk (allocated blocks, not file sizes) and which file is the oldest.
// Used by the disk thread alone.
class Catalog {
 public:
  // Of 160 bytes, with what holds it: a path would make them 624.
  struct Entry {
    std::string file;  // its name in the capture's folder
    PacketTime start;
    std::uint64_t allocated_bytes = 0;
    PacketTime end = {};  // when it was last written to, by the host's clock
  };

  // Takes in every file of our pattern in the folders below `directory`; others are not ours.
  void scan(const std::filesystem::path& directory);

  void add(const std::string& capture, Entry entry);
  // Forgets the entry; it is the caller who removes the file.
  void remove(const std::string& capture, const Entry& entry);
  // Its file cannot be removed: it goes on counting, but is not offered as the oldest again.
  void set_aside(const std::string& capture, const Entry& entry);

  [[nodiscard]] std::uint64_t used_bytes(const std::string& capture) const;
  [[nodiscard]] std::uint64_t used_bytes() const;
  [[nodiscard]] std::size_t file_count(const std::string& capture) const;
  [[nodiscard]] std::size_t file_count() const;
  [[nodiscard]] std::vector<std::string> captures() const;
  [[nodiscard]] std::optional<Entry> oldest(const std::string& capture) const;
  // The oldest entry that both starts and ends before then.
  [[nodiscard]] std::optional<Entry> ended_before(const std::string& capture,
                                                  PacketTime then) const;
  [[nodiscard]] PacketTime latest_end(const std::string& capture) const;

 private:
  struct ByAge {
    bool operator()(const Entry& a, const Entry& b) const;
  };
  struct Folder {
    std::set<Entry, ByAge> entries;
    std::uint64_t used_bytes = 0;
  };
  [[nodiscard]] const Folder* find(const std::string& capture) const;

  std::map<std::string, Folder> folders_;
};

// The capture that the file is of: its folder's name.
[[nodiscard]] std::string capture_of(const std::filesystem::path& file);
// What is to be entered of a file as it is on disk, its sidecar included; without bytes and end if
// it is gone.
[[nodiscard]] Catalog::Entry entry_of(const std::filesystem::path& path, const FileName& name);
// The bytes that the file's blocks take on disk; 0 if it is gone.
[[nodiscard]] std::uint64_t allocated_bytes(const std::filesystem::path& path);

}  // namespace ringtail::store
